//! The one place where an endpoint turns a denial into an event and a response.

use http::Response;

use super::response::denied;
use super::{EndpointBody, Received};
use crate::server::{Server, ServerError};

/// Reports why a request is denied, and returns the response.
pub(crate) fn deny(
    server: &Server,
    received: &Received,
    error: &ServerError,
) -> Response<EndpointBody> {
    server.report(received.requester(), error);
    denied(error.denial(), server.realm())
}
