//! Credentials that cannot be read, or that contradict each other (RFC 6749 §2.3, RFC 7617).

use http::header::HeaderValue;
use reissue::Denial;
use reissue_tests::{Endpoint, assert_ok, basic, basic_of};

use crate::client_authentication::{assert_denied, refresh, right_secret};

#[tokio::test]
async fn malformed_basic_is_denied() {
    let endpoint = Endpoint::new();
    for header in [
        HeaderValue::from_static("Basic"),
        HeaderValue::from_static("Basic "),
        HeaderValue::from_static("Basic !!!!"),
        HeaderValue::from_static("Basic d2Vi Og=="),
        HeaderValue::from_static("Basic d2ViOg="),
        HeaderValue::from_bytes(b"Basic \xFF\xFE").unwrap(),
        basic_of("web"),
        basic_of(""),
        basic_of(":secret"),
        basic_of(":"),
        basic_of("web:%zz"),
        basic_of("web:%"),
        basic_of("we%FFb:x"),
        basic_of("web:\0"),
        basic_of(b"web:\xFF"),
    ] {
        let response = assert_denied(
            &endpoint,
            std::slice::from_ref(&header),
            "",
            401,
            "invalid_client",
        )
        .await;
        assert_eq!(
            response.denial,
            Some(Denial::CredentialsMalformed),
            "{header:?}"
        );
    }
}

#[tokio::test]
async fn every_401_has_the_challenge_of_the_realm() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_realm("Example (tokens)"))
        .build();
    let more = ["", "client_id=web", "client_id=nobody&client_secret=x"];
    for more in more {
        let response = assert_denied(&endpoint, &[], more, 401, "invalid_client").await;
        assert_eq!(
            response.headers["www-authenticate"],
            "Basic realm=\"Example (tokens)\""
        );
    }
    let endpoint = Endpoint::new();
    let response = endpoint.post_bare("grant_type=refresh_token").await;
    insta::assert_snapshot!(response.wire(), @r#"
    401 Unauthorized
    cache-control: no-store
    content-type: application/json
    pragma: no-cache
    www-authenticate: Basic realm="https://id.example"

    {"error":"invalid_client","error_description":"Client authentication failed."}
    "#);
}

#[tokio::test]
async fn another_scheme_is_denied() {
    let endpoint = Endpoint::new();
    let more = format!("client_id=web&client_secret={}", right_secret());
    for header in [
        "Bearer d2ViOnNlY3JldA==",
        "Digest username=\"web\"",
        "Basi d2ViOg==",
        "Basic:d2ViOg==",
        "",
    ] {
        let header = HeaderValue::from_static(header);
        for more in ["", more.as_str()] {
            let headers = [header.clone()];
            let response = assert_denied(&endpoint, &headers, more, 401, "invalid_client").await;
            assert_eq!(response.denial, Some(Denial::SchemeUnknown));
        }
    }
}

#[tokio::test]
async fn two_methods_at_once_are_malformed() {
    let endpoint = Endpoint::new();
    let secret = format!("client_secret={}", right_secret());
    let both = format!("client_id=web&{secret}");
    for more in [
        secret.as_str(),
        both.as_str(),
        "client_assertion=x",
        "client_assertion_type=x",
    ] {
        assert_denied(&endpoint, &[basic("web")], more, 400, "invalid_request").await;
    }
    let more = format!("{both}&client_assertion=x");
    assert_denied(&endpoint, &[], &more, 400, "invalid_request").await;
}

#[tokio::test]
async fn two_authorization_headers_are_malformed() {
    let endpoint = Endpoint::new();
    let bearer = HeaderValue::from_static("Bearer x");
    for headers in [
        [basic("web"), basic("web")],
        [basic("web"), bearer.clone()],
        [bearer, basic("web")],
    ] {
        assert_denied(&endpoint, &headers, "", 400, "invalid_request").await;
    }
}

#[tokio::test]
async fn a_client_id_in_the_body_must_be_that_of_the_header() {
    let endpoint = Endpoint::new();
    for more in ["client_id=other", "client_id=WEB", "client_id=nobody"] {
        assert_denied(&endpoint, &[basic("web")], more, 400, "invalid_request").await;
    }
    let login = endpoint.login().await;
    let response = refresh(
        &endpoint,
        login.refresh_token(),
        &[basic("web")],
        "client_id=web",
    )
    .await;
    assert_ok(&response);
}
