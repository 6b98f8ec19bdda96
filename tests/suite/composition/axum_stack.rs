//! Tracing, CORS, compression and a time-out.

use std::io::Read as _;

use flate2::read::GzDecoder;
use http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, CONTENT_ENCODING, ORIGIN,
};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::Full;
use reissue_tests::form;
use serde_json::Value;

use super::example::{Example, LOGIN, refresh};

#[tokio::test]
async fn a_browser_may_send_requests_and_read_responses() {
    let example = Example::start("axum-stack");
    let preflight = Request::options("/token")
        .header(ORIGIN, APPLICATION)
        .header(ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(ACCESS_CONTROL_REQUEST_HEADERS, "authorization")
        .body(Full::default())
        .unwrap();
    let allowed = example.send(preflight).await;
    assert_eq!(allowed.status, StatusCode::OK);
    assert_eq!(allowed.headers[ACCESS_CONTROL_ALLOW_ORIGIN], APPLICATION);
    assert_eq!(allowed.headers[ACCESS_CONTROL_ALLOW_METHODS], "POST");
    assert_eq!(
        allowed.headers[ACCESS_CONTROL_ALLOW_HEADERS],
        "authorization,content-type"
    );

    for (body, summary) in [
        (LOGIN, "200"),
        ("grant_type=", "400 invalid_request"),
        ("grant_type=password", "401 invalid_client"),
    ] {
        let mut request = form(body);
        let origin = HeaderValue::from_static(APPLICATION);
        request.headers_mut().insert(ORIGIN, origin);
        let response = example.send(request).await;
        assert_eq!(response.summary(), summary);
        assert_eq!(response.headers[ACCESS_CONTROL_ALLOW_ORIGIN], APPLICATION);
        assert_eq!(
            response.headers[ACCESS_CONTROL_EXPOSE_HEADERS],
            "retry-after"
        );
    }
}

#[tokio::test]
async fn the_application_finds_everything_by_the_metadata() {
    let example = Example::start("axum-stack");
    let ask = |path: &str| {
        Request::get(path)
            .header(ORIGIN, APPLICATION)
            .body(Full::default())
            .unwrap()
    };
    let metadata = "/.well-known/oauth-authorization-server";
    let metadata = example.send(ask(metadata)).await;
    assert_eq!(metadata.headers[ACCESS_CONTROL_ALLOW_ORIGIN], APPLICATION);
    let path = |name: &str| {
        let issuer = format!("http://{}", example.address);
        metadata.text(name).strip_prefix(&issuer).unwrap()
    };
    let keys = example.send(ask(path("jwks_uri"))).await;
    assert_eq!(keys.json["keys"][0]["kty"], "OKP", "{keys:?}");
    let mut login = form(LOGIN);
    *login.uri_mut() = path("token_endpoint").parse().unwrap();
    assert_eq!(example.send(login).await.summary(), "200");
}

#[tokio::test]
async fn a_compressed_response_contains_the_tokens() {
    let example = Example::start("axum-stack");
    let mut request = form(LOGIN);
    let gzip = HeaderValue::from_static("gzip");
    request.headers_mut().insert(ACCEPT_ENCODING, gzip.clone());
    let response = example.send(request).await;
    assert_eq!(response.headers[CONTENT_ENCODING], gzip);
    let mut json = String::new();
    let mut decoder = GzDecoder::new(&response.body[..]);
    decoder.read_to_string(&mut json).unwrap();
    let tokens: Value = serde_json::from_str(&json).unwrap();
    let token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(example.refresh(token).await.summary(), "200");
}

#[tokio::test]
async fn a_refresh_that_takes_too_long_leaves_the_session_intact() {
    let example = Example::start("axum-stack");
    let login = example.login().await;
    let token = login.refresh_token();
    let slow = example.begin(&refresh(token)).await.wait().await;
    assert!(slow.starts_with("HTTP/1.1 503 "), "{slow}");
    assert!(
        slow.contains("access-control-allow-origin"),
        "the application may read it: {slow}"
    );
    assert_eq!(example.refresh(token).await.summary(), "200");
}

#[tokio::test]
async fn requests_are_logged_without_what_is_secret() {
    let example = Example::start("axum-stack");
    let mut request = form(LOGIN);
    *request.uri_mut() = "/token?refresh_token=planted".parse().unwrap();
    let login = example.send(request).await;
    assert_eq!(login.summary(), "200", "{login:?}");
    let log = example.log();
    for said in ["/token", "POST", "200"] {
        assert!(log.contains(said), "{said:?} is not in {log}");
    }
    let token = login.refresh_token();
    for secret in ["planted", "wonderland", token, login.text("access_token")] {
        assert!(!log.contains(secret), "{secret:?} is in {log}");
    }
}

const APPLICATION: &str = "http://localhost:3000";
