//! Assertions that hold for all responses.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, PRAGMA, RETRY_AFTER, SET_COOKIE,
    WWW_AUTHENTICATE,
};

use crate::{Endpoint, TestResponse};

/// Asserts that a response is the successful one of RFC 6749 §5.1, and contains nothing else.
///
/// # Panics
///
/// If it is not.
#[track_caller]
pub fn assert_ok(response: &TestResponse) {
    assert_eq!(response.summary(), "200", "{response:?}");
    assert_headers(response);
    assert!(!response.text("access_token").is_empty(), "{response:?}");
    let token_type = response.text("token_type");
    assert!(matches!(token_type, "Bearer" | "DPoP"), "{response:?}");
    assert!(response.json["expires_in"].is_u64(), "{response:?}");
    assert_members(
        response,
        &[
            "access_token",
            "expires_in",
            "refresh_token",
            "scope",
            "token_type",
        ],
    );
}

/// Asserts that a response is an error of RFC 6749 §5.2 with that status and that code, and
/// contains nothing else.
///
/// # Panics
///
/// If it is not.
#[track_caller]
pub fn assert_error(response: &TestResponse, status: u16, code: &str) {
    assert_eq!(
        response.summary(),
        format!("{status} {code}"),
        "{response:?}"
    );
    assert_headers(response);
    assert_members(response, &["error", "error_description"]);
    let description = response.text("error_description");
    assert!(
        description
            .bytes()
            .all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E)),
        "{response:?}"
    );
    // A text that was written long before the request came cannot echo anything of it.
    let denial = response.denial.expect("the reason is in the extensions");
    assert_eq!(description, denial.description());
    for (header, its_statuses) in [
        (ALLOW, &[405][..]),
        (RETRY_AFTER, &[429, 503]),
        (WWW_AUTHENTICATE, &[401]),
    ] {
        assert_eq!(
            response.headers.contains_key(&header),
            its_statuses.contains(&status),
            "{header} in {response:?}"
        );
    }
}

/// Asserts that `web` can refresh with a token, which consumes it.
///
/// # Panics
///
/// If it cannot.
pub async fn assert_refreshes(endpoint: &Endpoint, token: &str) -> TestResponse {
    let response = endpoint.refresh(token).await;
    assert_ok(&response);
    response
}

impl TestResponse {
    /// Status, headers and body, with a placeholder for whatever differs from run to run.
    #[must_use]
    pub fn redacted_wire(&self) -> String {
        let mut wire = self.wire();
        for name in ["access_token", "refresh_token", "jti", "sid"] {
            if let Some(text) = self.json[name].as_str() {
                wire = wire.replace(text, &format!("[{name}]"));
            }
        }
        for name in ["exp", "iat"] {
            if let Some(time) = self.json[name].as_u64() {
                wire = wire.replace(&format!("\"{name}\":{time}"), &format!("\"{name}\":[time]"));
            }
        }
        wire
    }
}

#[track_caller]
fn assert_headers(response: &TestResponse) {
    assert_header(response, &CONTENT_TYPE, "application/json");
    assert_header(response, &CACHE_CONTROL, "no-store");
    assert_header(response, &PRAGMA, "no-cache");
    assert!(!response.headers.contains_key(SET_COOKIE), "{response:?}");
}

#[track_caller]
fn assert_header(response: &TestResponse, name: &HeaderName, expected: &str) {
    let values: Vec<_> = response.headers.get_all(name).iter().collect();
    assert_eq!(values, [expected], "{name} in {response:?}");
}

#[track_caller]
fn assert_members(response: &TestResponse, allowed: &[&str]) {
    let members = response
        .json
        .as_object()
        .expect("the body is a JSON object");
    for name in members.keys() {
        assert!(allowed.contains(&name.as_str()), "{name} in {response:?}");
    }
}
