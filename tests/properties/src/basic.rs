use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderValue};
use reissue::Parameters;
use reissue::client::{AuthMethod, Credentials};
use reissue_tests::{basic_of, form_encoded};

use crate::Outcome;

/// The credentials in the head of a request: `header` is the value of `Authorization`.
///
/// # Panics
///
/// If credentials are not what was read, shown in `Debug`, laxer than RFC 6749 allows, or if they
/// do not survive being written and read again.
#[must_use]
pub fn basic(header: &[u8]) -> Outcome {
    let Ok(header) = HeaderValue::from_bytes(header) else {
        return Outcome::Refused;
    };
    let Some((id, secret)) = read(header.clone()) else {
        return Outcome::Refused;
    };
    assert!(header.as_bytes()[..6].eq_ignore_ascii_case(b"basic "));
    assert!(!id.is_empty());
    assert!(!id.chars().chain(secret.chars()).any(char::is_control));
    let written = basic_of(format!("{}:{}", form_encoded(&id), form_encoded(&secret)));
    assert_eq!(read(written), Some((id, secret)));
    Outcome::Accepted
}

fn read(header: HeaderValue) -> Option<(String, String)> {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
    let credentials = Credentials::read(&headers, &Parameters::default()).ok()?;
    assert_eq!(credentials.method, AuthMethod::ClientSecretBasic);
    let secret = credentials.secret.expect("Basic has a secret");
    assert_eq!(format!("{secret:?}"), "ClientSecret(..)");
    Some((credentials.client_id, secret.expose().to_owned()))
}
