//! The same response to everything: what hyper costs, and what reading a form and writing a
//! response of that size costs.

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;

use crate::serve::{Responds, respond};
use crate::tokens::{Family, Tokens};

/// Tokens, always the same ones.
pub(crate) fn response() -> impl Responds<Full<Bytes>> {
    let body = Tokens::generate().response(Family::default());
    fixed(StatusCode::OK, body)
}

/// `invalid_grant`, with a description as long as the real one.
pub(crate) fn refusal() -> impl Responds<Full<Bytes>> {
    fixed(StatusCode::BAD_REQUEST, Bytes::from_static(REFUSAL))
}

fn fixed(status: StatusCode, body: Bytes) -> impl Responds<Full<Bytes>> {
    service_fn(move |request: Request<Incoming>| {
        let body = body.clone();
        async move {
            // The form has to be read off the connection, whatever is in it.
            let _ = request.into_body().collect().await;
            Ok(respond(status, body))
        }
    })
}

const REFUSAL: &[u8] = br#"{"error":"invalid_grant","error_description":"The refresh token is invalid, expired or revoked."}"#;
