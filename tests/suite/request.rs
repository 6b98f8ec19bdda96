//! The form of a token request (RFC 6749 §3.2, Appendix B).

use reissue::Parameters;
use reissue_tests::{
    Endpoint, Fault, Verb, assert_error, assert_ok, assert_refreshes, form, form_of_web,
};

/// Sends these forms, each with a good refresh token in place of `TOKEN`, and asserts that each is
/// denied as malformed, that the store is not called, and that the token is still valid.
async fn assert_malformed(forms: &[&[u8]]) {
    let endpoint = Endpoint::new();
    for body in forms {
        let login = endpoint.login().await;
        endpoint.forget();
        let body = with_token(body, login.refresh_token());
        let response = endpoint.call(form_of_web(body)).await;
        assert_error(&response, 400, "invalid_request");
        assert_eq!(endpoint.store.take_calls(), [], "{response:?}");
        assert_refreshes(&endpoint, login.refresh_token()).await;
    }
}

/// The same, for forms that are good.
async fn assert_well_formed(forms: &[&[u8]]) {
    let endpoint = Endpoint::new();
    for body in forms {
        let login = endpoint.login().await;
        let body = with_token(body, login.refresh_token());
        assert_ok(&endpoint.call(form_of_web(body)).await);
    }
}

fn with_token(body: &[u8], token: &str) -> Vec<u8> {
    let Some(at) = body.windows(5).position(|window| window == b"TOKEN") else {
        return body.to_vec();
    };
    [&body[..at], token.as_bytes(), &body[at + 5..]].concat()
}

#[tokio::test]
async fn a_posted_form_with_a_refresh_token_is_served() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    assert_ok(&login);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_ok(&response);
    insta::assert_snapshot!(response.redacted_wire(), @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"access_token":"[access_token]","token_type":"Bearer","expires_in":600,"refresh_token":"[refresh_token]","scope":"openid read write"}
    "#);
}

#[tokio::test]
async fn a_missing_or_empty_grant_type_is_malformed() {
    assert_malformed(&[
        b"",
        b"refresh_token=TOKEN",
        b"grant_type=&refresh_token=TOKEN",
        b"grant_type&refresh_token=TOKEN",
        b"Grant_Type=refresh_token&refresh_token=TOKEN",
    ])
    .await;
}

#[tokio::test]
async fn any_parameter_twice_is_malformed() {
    assert_malformed(&[
        b"grant_type=refresh_token&grant_type=refresh_token&refresh_token=TOKEN",
        b"grant_type=refresh_token&grant_type=password&refresh_token=TOKEN",
        b"grant_type=refresh_token&refresh_token=TOKEN&refresh_token=x",
        b"grant_type=refresh_token&refresh_token=TOKEN&refresh_token=",
        b"grant_type=refresh_token&refresh_token=TOKEN&scope=read&scope=read",
        b"grant_type=refresh_token&refresh_token=TOKEN&scope=read&scope=write",
        b"grant_type=refresh_token&refresh_token=TOKEN&scope=&scope=",
        b"grant_type=refresh_token&refresh_token=TOKEN&scope=read&%73cope=read",
        b"grant_type=refresh_token&refresh_token=TOKEN&client_id=web&client_id=web",
        b"grant_type=refresh_token&refresh_token=TOKEN&unknown=1&unknown=2",
    ])
    .await;
}

#[tokio::test]
async fn a_missing_or_empty_refresh_token_is_malformed() {
    assert_malformed(&[
        b"grant_type=refresh_token",
        b"grant_type=refresh_token&refresh_token=",
        b"grant_type=refresh_token&refresh_token",
        b"grant_type=refresh_token&token=TOKEN",
    ])
    .await;
}

#[tokio::test]
async fn an_empty_optional_parameter_is_as_if_absent() {
    assert_well_formed(&[
        b"grant_type=refresh_token&refresh_token=TOKEN&scope=",
        b"grant_type=refresh_token&refresh_token=TOKEN&scope",
        b"grant_type=refresh_token&refresh_token=TOKEN&resource=",
        b"grant_type=refresh_token&refresh_token=TOKEN&client_id=",
        b"grant_type=refresh_token&refresh_token=TOKEN&client_secret=&client_id=web",
        b"&grant_type=refresh_token&&refresh_token=TOKEN&",
    ])
    .await;
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let response = endpoint.refresh_with(login.refresh_token(), "scope=").await;
    assert_eq!(response.text("scope"), "openid read write");
}

#[tokio::test]
async fn bad_percent_encoding_is_malformed() {
    assert_malformed(&[
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%4",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%4g",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%+1",
        b"grant_type=refresh_token&refresh_token=TOKEN&%zz=1",
    ])
    .await;
}

#[tokio::test]
async fn what_is_not_utf_8_is_malformed() {
    assert_malformed(&[
        b"grant_type=refresh_token&refresh_token=TOKEN&x=\xFF",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%FF",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%C3",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%C0%AF",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%ED%A0%80",
        b"grant_type=refresh_token&refresh_token=TOKEN&%FF=x",
    ])
    .await;
}

#[tokio::test]
async fn control_characters_and_a_byte_order_mark_are_malformed() {
    assert_malformed(&[
        b"grant_type=refresh_token&refresh_token=TOKEN%00",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%0A",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%7F",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=%C2%80",
        b"grant_type=refresh_token&refresh_token=TOKEN\r\n",
        b"grant_type=refresh_token&refresh_token=TOKEN&x=a\tb",
        b"\xEF\xBB\xBFgrant_type=refresh_token&refresh_token=TOKEN",
    ])
    .await;
}

#[tokio::test]
async fn unknown_parameters_are_ignored() {
    assert_well_formed(&[
        b"grant_type=refresh_token&refresh_token=TOKEN&x=y&username=mallory&code=1",
        "grant_type=refresh_token&refresh_token=TOKEN&größe=%F0%9F%A6%80".as_bytes(),
        b"grant_type=refresh_token&refresh_token=TOKEN&=nameless",
    ])
    .await;
}

#[tokio::test]
async fn a_hundred_parameters_are_read_and_one_more_is_malformed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let more = |count: usize| -> String {
        let all: Vec<String> = (0..count).map(|number| format!("p{number}=1")).collect();
        all.join("&")
    };
    let token = login.refresh_token();
    endpoint.forget();
    let response = endpoint
        .refresh_with(token, &more(Parameters::MAX - 1))
        .await;
    assert_error(&response, 400, "invalid_request");
    assert_eq!(endpoint.store.take_calls(), []);
    assert_ok(
        &endpoint
            .refresh_with(token, &more(Parameters::MAX - 2))
            .await,
    );
}

#[tokio::test]
async fn parameters_in_the_query_are_never_read() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let token = login.refresh_token();
    endpoint.forget();

    let all = format!("/token?grant_type=refresh_token&refresh_token={token}");
    let mut nothing_in_the_body = form_of_web("");
    *nothing_in_the_body.uri_mut() = all.parse().unwrap();
    let response = endpoint.call(nothing_in_the_body).await;
    assert_error(&response, 400, "invalid_request");

    let mut token_in_the_query = form_of_web("grant_type=refresh_token");
    *token_in_the_query.uri_mut() = all.parse().unwrap();
    let response = endpoint.call(token_in_the_query).await;
    assert_error(&response, 400, "invalid_request");

    let body = format!("grant_type=refresh_token&refresh_token={token}");
    let mut client_in_the_query = form(body.clone());
    *client_in_the_query.uri_mut() = "/token?client_id=web&client_secret=x".parse().unwrap();
    let response = endpoint.call(client_in_the_query).await;
    assert_error(&response, 401, "invalid_client");
    assert_eq!(endpoint.store.take_calls(), []);

    let mut contradicted = form_of_web(body);
    let query = "/token?grant_type=password&refresh_token=x&client_id=other&scope=admin";
    *contradicted.uri_mut() = query.parse().unwrap();
    assert_ok(&endpoint.call(contradicted).await);
}

#[tokio::test]
async fn a_failing_store_is_503_and_the_token_still_refreshes() {
    let endpoint = Endpoint::new();
    for fault in [Fault::Before, Fault::After] {
        let login = endpoint.login().await;
        endpoint.forget();
        endpoint.store.plan(fault);
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_error(&response, 503, "temporarily_unavailable");
        assert_eq!(endpoint.store.take_calls(), [Verb::Advance]);
        assert_refreshes(&endpoint, login.refresh_token()).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(response.wire(), @r#"
            503 Service Unavailable
            cache-control: no-store
            content-type: application/json
            pragma: no-cache
            retry-after: 1

            {"error":"temporarily_unavailable","error_description":"The server is unavailable now. Try again."}
            "#);
        }
    }
}

#[tokio::test]
async fn a_malformed_request_looks_like_this() {
    let endpoint = Endpoint::new();
    let response = endpoint.post("grant_type=refresh_token").await;
    insta::assert_snapshot!(response.wire(), @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"invalid_request","error_description":"The parameter refresh_token is missing."}
    "#);
}
