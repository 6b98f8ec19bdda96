//! Load shedding and authentication around Reissue.

use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode};
use reissue_tests::form;

use super::example::{Example, LOGIN, refresh};

#[tokio::test]
async fn a_refresh_that_is_shed_leaves_the_session_intact() {
    let example = Example::start("tower-stack");
    let login = example.login().await;
    let token = login.refresh_token();
    let form = refresh(token);
    // Both places are taken.
    let one = example.begin(LOGIN).await;
    let other = example.begin(&form).await;
    let shed = example.refresh(token).await;
    assert_eq!(shed.status, StatusCode::SERVICE_UNAVAILABLE, "{shed:?}");
    assert_eq!(shed.headers[RETRY_AFTER], "1");
    // The client is gone, and gives one of them back.
    drop(other);
    let login = one.finish(LOGIN).await;
    assert!(login.starts_with("HTTP/1.1 200 "), "{login}");
    assert_eq!(example.refresh(token).await.summary(), "200");
}

#[tokio::test]
async fn other_routes_are_for_operators() {
    let example = Example::start("tower-stack");
    let report = |key: Option<&'static str>| {
        let mut request = form("");
        *request.method_mut() = Method::GET;
        *request.uri_mut() = "/report".parse().unwrap();
        if let Some(key) = key {
            let key = HeaderValue::from_static(key);
            request.headers_mut().insert(AUTHORIZATION, key);
        }
        example.send(request)
    };
    assert_eq!(report(None).await.summary(), "401");
    let passed = report(Some("Bearer operator")).await;
    assert_eq!(passed.body, "all is well\n");
}

#[tokio::test]
async fn operators_are_no_clients() {
    let example = Example::start("tower-stack");
    let mut request = form(LOGIN);
    let key = HeaderValue::from_static("Bearer operator");
    request.headers_mut().insert(AUTHORIZATION, key);
    let refused = example.send(request).await;
    assert_eq!(refused.summary(), "401 invalid_client");
}
