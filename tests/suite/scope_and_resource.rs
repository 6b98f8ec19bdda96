//! What an access token may be used for, and where (RFC 6749 §3.3 and §6, RFC 8707).

use reissue::client::AuthenticatedClient;
use reissue::{Denial, Grant, Parameters, RefreshRequest, RefreshToken};
use reissue_tests::{
    ALL_SCOPES, Endpoint, assert_error, assert_refreshes, claims, confidential, form_encoded,
};

#[tokio::test]
async fn without_a_scope_the_granted_scope_is_issued() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(response.text("scope"), ALL_SCOPES);
    assert_eq!(claims(response.text("access_token"))["scope"], ALL_SCOPES);
}

#[tokio::test]
async fn a_subset_in_any_order_with_duplicates_narrows_the_access_token() {
    let endpoint = Endpoint::new();
    for (asked, issued) in [
        ("read", "read"),
        ("write read", "read write"),
        ("write read read write", "read write"),
        ("write openid read", ALL_SCOPES),
        ("openid openid", "openid"),
    ] {
        let login = endpoint.login().await;
        let response = endpoint
            .refresh_with(
                login.refresh_token(),
                &format!("scope={}", form_encoded(asked)),
            )
            .await;
        reissue_tests::assert_ok(&response);
        assert_eq!(response.text("scope"), issued);
        assert_eq!(claims(response.text("access_token"))["scope"], issued);
    }
}

#[tokio::test]
async fn the_refresh_token_keeps_the_granted_scope() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let narrow = endpoint
        .refresh_with(login.refresh_token(), "scope=read")
        .await;
    let narrower = endpoint
        .refresh_with(narrow.refresh_token(), "scope=openid")
        .await;
    assert_eq!(narrower.text("scope"), "openid");
    let all = endpoint
        .refresh_with(narrower.refresh_token(), "scope=openid+read+write")
        .await;
    assert_eq!(all.text("scope"), ALL_SCOPES);
    let retried = endpoint
        .refresh_with(narrower.refresh_token(), "scope=write")
        .await;
    assert_eq!(retried.text("scope"), "write");
    let unasked = assert_refreshes(&endpoint, retried.refresh_token()).await;
    assert_eq!(unasked.text("scope"), ALL_SCOPES);
}

/// Asserts that each of these is denied, that the store is not called, and that the token is not
/// consumed.
async fn assert_denied(endpoint: &Endpoint, more: &[String], code: &str) {
    let login = endpoint.login().await;
    endpoint.forget();
    for more in more {
        let response = endpoint.refresh_with(login.refresh_token(), more).await;
        assert_error(&response, 400, code);
        assert_eq!(endpoint.store.take_calls(), [], "{more}");
    }
    assert_refreshes(endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_denied() {
    let more = [
        "admin",
        "read admin",
        "Read",
        "READ",
        "rea",
        "reads",
        "openid read write x",
    ]
    .map(|scope| format!("scope={}", form_encoded(scope)));
    assert_denied(&Endpoint::new(), &more, "invalid_scope").await;
}

#[tokio::test]
async fn a_scope_with_other_characters_or_spaces_is_denied() {
    let more = [
        " read",
        "read ",
        "read  write",
        " ",
        "\"read\"",
        "re\\ad",
        "réad",
        "read\u{a0}write",
        "read,write\u{2028}",
    ]
    .map(|scope| format!("scope={}", form_encoded(scope)));
    assert_denied(&Endpoint::new(), &more, "invalid_scope").await;
}

#[tokio::test]
async fn a_session_without_scope_returns_none_and_allows_none() {
    let endpoint = Endpoint::builder()
        .grant(|_| Ok(Grant::new("alice")))
        .build();
    let login = endpoint.login().await;
    assert!(login.json.get("scope").is_none());
    assert_denied(&endpoint, &["scope=read".to_owned()], "invalid_scope").await;
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert!(response.json.get("scope").is_none());
    assert!(claims(response.text("access_token")).get("scope").is_none());
}

/// Grants use at two places.
fn two_resources(_: &Parameters) -> Result<Grant, reissue::Denial> {
    let resource = |uri: &str| uri.parse().expect("the resource is well-formed");
    Ok(Grant::new("alice")
        .with_resource(resource("https://api.example/v1"))
        .with_resource(resource("urn:example:files")))
}

#[tokio::test]
async fn a_resource_within_the_grant_narrows_the_audience_of_the_access_token() {
    let endpoint = Endpoint::builder().grant(two_resources).build();
    let login = endpoint.login().await;
    let both = serde_json::json!(["https://api.example/v1", "urn:example:files"]);
    assert_eq!(claims(login.text("access_token"))["aud"], both);
    let narrow = endpoint
        .refresh_with(login.refresh_token(), "resource=urn:example:files")
        .await;
    assert_eq!(
        claims(narrow.text("access_token"))["aud"],
        "urn:example:files"
    );
    let other = endpoint
        .refresh_with(
            narrow.refresh_token(),
            "resource=https%3A%2F%2Fapi.example%2Fv1",
        )
        .await;
    assert_eq!(
        claims(other.text("access_token"))["aud"],
        "https://api.example/v1"
    );
    let unasked = assert_refreshes(&endpoint, other.refresh_token()).await;
    assert_eq!(claims(unasked.text("access_token"))["aud"], both);
}

#[tokio::test]
async fn a_resource_outside_the_grant_is_denied() {
    let endpoint = Endpoint::builder().grant(two_resources).build();
    let more = [
        "https://api.example/",
        "https://api.example/v1/",
        "https://API.example/v1",
        "https://evil.example/v1",
        "urn:example:file",
    ]
    .map(|resource| format!("resource={}", form_encoded(resource)));
    assert_denied(&endpoint, &more, "invalid_target").await;
    // Without resources in the grant, not even the default audience can be requested.
    let more = ["resource=https://id.example".to_owned()];
    assert_denied(&Endpoint::new(), &more, "invalid_target").await;
}

#[tokio::test]
async fn a_malformed_resource_is_denied() {
    let endpoint = Endpoint::builder().grant(two_resources).build();
    let more = [
        "api",
        "/v1",
        "https://api.example/v1#top",
        "1:x",
        "https:",
        "urn:a b",
        ":x",
    ]
    .map(|resource| format!("resource={}", form_encoded(resource)));
    assert_denied(&endpoint, &more, "invalid_target").await;
}

#[tokio::test]
async fn denied_scopes_and_resources_look_like_this() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let response = endpoint
        .refresh_with(login.refresh_token(), "scope=admin")
        .await;
    insta::assert_snapshot!(response.wire(), @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"invalid_scope","error_description":"The scope is malformed or was not granted."}
    "#);
    let response = endpoint
        .refresh_with(login.refresh_token(), "resource=urn:example:x")
        .await;
    insta::assert_snapshot!(response.wire(), @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"invalid_target","error_description":"The resource is malformed or was not granted."}
    "#);
}

#[tokio::test]
async fn what_a_client_may_no_longer_have_is_no_longer_issued() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let narrowed = confidential("web").with_scope("email read".parse().unwrap());
    let narrowed = AuthenticatedClient::trust(narrowed);
    let request = || RefreshRequest::new(RefreshToken::new(login.refresh_token()));

    let write = request().with_scope("write".parse().unwrap());
    let refused = endpoint.server.refresh(&narrowed, write).await;
    assert_eq!(refused.unwrap_err().denial(), Denial::ScopeNotGranted);
    let tokens = endpoint.server.refresh(&narrowed, request()).await.unwrap();
    assert_eq!(tokens.scope.as_str(), "read");

    // The session keeps what was granted: the client has all of it again when it may.
    let successor = tokens.refresh_token.unwrap();
    let response = assert_refreshes(&endpoint, successor.expose()).await;
    assert_eq!(response.text("scope"), ALL_SCOPES);
}
