//! The inner service of a token endpoint that has no other grants.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer as _;
use tower_service::Service;

use super::layer::RefreshLayer;
use super::service::Refresh;
use crate::denial::Denial;
use crate::server::Server;
use crate::wire::AnswerBody;

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

impl Refresh<NoOtherGrants> {
    /// A token endpoint that answers `refresh_token` only, for servers that log in elsewhere.
    #[must_use]
    pub fn standalone(server: Server) -> Self {
        let no_grant_types: [&str; 0] = [];
        RefreshLayer::new(server)
            .with_grant_types(no_grant_types)
            .layer(NoOtherGrants)
    }
}
