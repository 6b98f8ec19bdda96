//! Requests and tokens in other shapes than the usual ones.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request};
use http_body_util::Full;
use reissue::store::{Record, Store as _, SubjectKey};
use serde_json::Value;

use crate::{Endpoint, basic};

/// A form posted to the token route, without credentials.
///
/// # Panics
///
/// Never.
pub fn form(body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post("/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(body.into()))
        .expect("the request is well-formed")
}

/// The same, with `web` authenticated in the header.
pub fn form_of_web(body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let mut request = form(body);
    request.headers_mut().insert(AUTHORIZATION, basic("web"));
    request
}

/// `Basic` and the base64 of anything.
///
/// # Panics
///
/// Never, for a header value of base64.
#[must_use]
pub fn basic_of(pair: impl AsRef<[u8]>) -> HeaderValue {
    let pair = BASE64_STANDARD.encode(pair);
    HeaderValue::try_from(format!("Basic {pair}")).expect("base64 is a header value")
}

/// A name or value as it goes into a form.
#[must_use]
pub fn form_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// A part of a JWT: 0 for the header, 1 for the claims. Nothing is verified.
///
/// # Panics
///
/// If it is no JWT.
#[must_use]
pub fn jwt_part(token: &str, part: usize) -> Value {
    let encoded = token.split('.').nth(part).expect("a JWT has three parts");
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(encoded)
        .expect("a part of a JWT is base64url");
    serde_json::from_slice(&json).expect("a part of a JWT is JSON")
}

/// The claims of an access token in JWT format.
#[must_use]
pub fn claims(token: &str) -> Value {
    jwt_part(token, 1)
}

impl Endpoint {
    /// Forgets the calls to the store and the events so far.
    pub fn forget(&self) {
        drop((self.store.take_calls(), self.events.take()));
    }

    /// The record of the one session of a subject; `None` if there is none. It is a call to the
    /// store.
    ///
    /// # Panics
    ///
    /// If the store fails, or knows several.
    pub async fn record(&self, subject: &str) -> Option<Record> {
        let key = SubjectKey::derive(self.server.issuer(), subject);
        let mut all = self
            .store
            .sessions(key, None, 2)
            .await
            .expect("the store responds");
        assert!(all.families.len() < 2, "{subject} has several sessions");
        all.families.pop().map(|(_, record)| record)
    }
}
