//! What a handler answers to a token request.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::Body;
use reissue::{AnswerBody, Denial, Grant, ResponseBody};
use warp::Reply;
use warp::reply::Response;

/// Answers that a subject authorised this. [`RefreshLayer`](reissue::RefreshLayer) turns it into tokens.
///
/// It is an empty `200` with the [`Grant`] in its extensions. Without the layer around the routes that is all the client
/// gets: nothing of the grant is in the headers or the body. A reply can be built around it,
/// `warp::reply::with_header(Granted(grant), "x-login", "1")`; its status must stay `200`, and its body is replaced.
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
        let mut response = Response::default();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// Answers that a grant is refused, as RFC 6749 §5.2 says and [`Denial::to_response`] writes it.
///
/// The realm of the `WWW-Authenticate` that goes with `invalid_client` is empty, because a handler does not know the
/// server. The layer has authenticated the client before the handler is called, so that hardly ever matters; where it does,
/// answer [`Answer`]`(denial.to_response(server.realm()))`.
///
/// It is a reply, not a rejection: no other route is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Denied(#[from] pub Denial);

impl Reply for Denied {
    fn into_response(self) -> Response {
        Answer(self.0.to_response("")).into_response()
    }
}

/// Answers what the core has written: the answer of an [`endpoint`](crate::endpoint()), or a denial with its realm.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Answer<B = AnswerBody>(pub http::Response<B>);

impl Reply for Answer {
    fn into_response(self) -> Response {
        self.0.map(|body| data(body).into())
    }
}

/// What an endpoint answers behind the bearer layer, or that layer itself.
impl Reply for Answer<ResponseBody<AnswerBody>> {
    fn into_response(self) -> Response {
        self.0.map(|body| data(body).into())
    }
}

/// The data of an answer, which is complete and in one frame.
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
