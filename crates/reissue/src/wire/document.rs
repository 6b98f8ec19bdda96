//! Public documents for `GET` and `HEAD`, with cache headers. Pure functions.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::EndpointBody;

/// A document and its cache headers.
pub(crate) struct Document {
    pub(crate) content_type: &'static str,
    pub(crate) max_age: Duration,
    pub(crate) text: String,
}

impl Document {
    /// Returns the response to a request with this method and these headers. Only `GET` and `HEAD`
    /// read a document.
    pub(crate) fn respond(self, method: &Method, headers: &HeaderMap) -> Response<EndpointBody> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return method_not_allowed("GET, HEAD");
        }
        let tag = self.tag();
        let is_known = headers
            .get_all(IF_NONE_MATCH)
            .iter()
            .any(|tags| names(tags, &tag));
        let length = self.text.len();
        let body = if is_known || *method == Method::HEAD {
            String::new()
        } else {
            self.text
        };
        let mut response = Response::new(EndpointBody::new(body.into_bytes()));
        let headers = response.headers_mut();
        let max_age = format!("public, max-age={}", self.max_age.as_secs());
        for (name, value) in [(CACHE_CONTROL, max_age), (ETAG, tag)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if *method == Method::HEAD {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }

    /// Returns a strong entity tag (RFC 9110 §8.8.3): half the digest of the text.
    fn tag(&self) -> String {
        let digest = digest(&SHA256, self.text.as_bytes());
        format!(
            "\"{}\"",
            BASE64_URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
        )
    }
}

/// Returns the response to a method that is not `allowed`.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Response<EndpointBody> {
    let mut response = Response::new(EndpointBody::new(Vec::new()));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(allowed));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Returns whether `If-None-Match` contains the tag, in a list, weak or strong, or as `*` (RFC 9110
/// §13.1.2).
fn names(tags: &HeaderValue, tag: &str) -> bool {
    tags.to_str().is_ok_and(|tags| {
        tags.split(',')
            .map(str::trim)
            .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    })
}
