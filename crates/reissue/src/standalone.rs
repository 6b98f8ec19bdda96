//! The inner service of a token endpoint that has no other grants.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use crate::body::AnswerBody;
use crate::denial::Denial;

/// Answers every grant with `unsupported_grant_type`. See [`Refresh::standalone`](crate::Refresh::standalone).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct NoOtherGrants;

impl<B> Service<Request<B>> for NoOtherGrants {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<AnswerBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(Denial::GrantTypeUnsupported.to_response("")))
    }
}
