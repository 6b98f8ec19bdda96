//! Replies of a handler to a token request.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::Body;
use reissue::{Denial, EndpointBody, Grant, ResponseBody, ServerError};
use warp::Reply;
use warp::reply::Response;

/// A reply with a grant, which [`RefreshLayer`](reissue::RefreshLayer) turns into tokens.
///
/// It is an empty `200` with the [`Grant`] in its extensions. Without the layer, the client gets
/// the empty response. Headers can be added,
/// `warp::reply::with_header(Granted(grant), "x-login", "1")`. The status must stay `200`, and the
/// body is replaced.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Granted(pub Grant);

impl From<Grant> for Granted {
    fn from(grant: Grant) -> Self {
        Self(grant)
    }
}

impl Reply for Granted {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// A reply that denies a grant. [`RefreshLayer`](reissue::RefreshLayer) adds the body and the
/// headers of RFC 6749 §5.2, with the realm of the server.
///
/// It is an empty response with the status of the [`Denial`] and the denial in its extensions. It
/// is a reply, not a rejection: no other route is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Denied(#[from] pub Denial);

/// For a handler that calls the [`Server`](reissue::Server) itself.
impl From<ServerError> for Denied {
    fn from(error: ServerError) -> Self {
        Self(error.denial())
    }
}

impl Reply for Denied {
    fn into_response(self) -> Response {
        self.0.to_response()
    }
}

/// The response of an [`endpoint`](crate::endpoint()).
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct EndpointReply<B = EndpointBody>(pub http::Response<B>);

impl Reply for EndpointReply {
    fn into_response(self) -> Response {
        self.0.map(|body| data(body).into())
    }
}

/// The response of an endpoint behind the bearer layer, or of that layer.
impl Reply for EndpointReply<ResponseBody<EndpointBody>> {
    fn into_response(self) -> Response {
        self.0.map(|body| data(body).into())
    }
}

/// Returns the data of a response, which is complete and in one frame.
fn data<B>(mut body: B) -> Bytes
where
    B: Body<Data = Bytes, Error = Infallible> + Unpin,
{
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(&mut body).poll_frame(&mut context) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        Poll::Ready(None) | Poll::Pending => Bytes::new(),
    }
}
