//! The redirect back to the client (RFC 6749 §4.1.2).

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use super::page::{Pages, forbid_traces};
use super::redirect::Redirect;
use super::request::AuthorizationError;

/// The way back to the client of one request.
pub(super) struct Callback<'a> {
    pub(super) to: &'a Redirect,
    pub(super) state: Option<&'a str>,
    pub(super) issuer: &'a str,
    pub(super) pages: &'a Pages,
}

impl Callback<'_> {
    pub(super) fn code(&self, code: &str) -> Response {
        self.send(&[("code", code)])
    }

    pub(super) fn error(&self, error: AuthorizationError) -> Response {
        self.send(&[
            ("error", error.code),
            ("error_description", error.description),
        ])
    }

    /// Adds `iss` (RFC 9207), so that a client of several servers knows which one responded.
    fn send(&self, result: &[(&str, &str)]) -> Response {
        let mut parameters = result.to_vec();
        parameters.extend(self.state.map(|state| ("state", state)));
        parameters.push(("iss", self.issuer));
        let Ok(mut location) = HeaderValue::try_from(self.to.with(&parameters)) else {
            return self.pages.refusal("The application cannot be reached.");
        };
        location.set_sensitive(true);
        // Not 302 or 307: what was posted here is not for the client (RFC 9700 §4.12).
        let mut response = (StatusCode::SEE_OTHER, Body::empty()).into_response();
        let headers = response.headers_mut();
        headers.insert(LOCATION, location);
        forbid_traces(headers);
        response
    }
}
