//! `Bearer`: is the token good? Pass the request on, or refuse it.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::credentials::Presented;
use super::future::{Asked, ResponseFuture};
use super::guard::Guard;
use super::refusal::Refusal;
use super::token::VerifiedToken;
use crate::server::TokenType;
use crate::wire::ResponseBody;

/// A service that only requests with a good access token reach. Made by [`BearerLayer`](super::BearerLayer).
#[derive(Clone)]
pub struct Bearer<S> {
    inner: S,
    guard: Arc<Guard>,
}

impl<S> Bearer<S> {
    pub(super) fn new(inner: S, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Bearer<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S: Clone,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        match decide(&self.guard, &request) {
            Decision::Pass(token) => {
                request.extensions_mut().insert(token);
                ResponseFuture::pass(self.inner.call(request))
            }
            Decision::Refuse(refusal, scheme) => {
                // What the inner service reserved for this request goes back.
                drop(self.take_ready());
                ResponseFuture::refuse(self.guard.refuse(refusal, scheme))
            }
            Decision::Ask(token, asked) => {
                let scheme = TokenType::of(token.confirmation.as_ref());
                request.extensions_mut().insert(token);
                let ready = self.take_ready();
                ResponseFuture::ask(asked, ready, request, self.guard.clone(), scheme)
            }
        }
    }
}

impl<S> Bearer<S>
where
    S: Clone,
{
    fn take_ready(&mut self) -> S {
        let not_ready = self.inner.clone();
        mem::replace(&mut self.inner, not_ready)
    }
}

impl<S> fmt::Debug for Bearer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("rules", &self.guard.rules)
            .finish_non_exhaustive()
    }
}

/// What to do with a request.
enum Decision {
    Ask(VerifiedToken, Asked),
    Pass(VerifiedToken),
    Refuse(Refusal, TokenType),
}

fn decide<B>(guard: &Guard, request: &Request<B>) -> Decision {
    let presented = match Presented::read(request.headers()) {
        Ok(presented) => presented,
        Err(refusal) => return Decision::Refuse(refusal, TokenType::Bearer),
    };
    let now = guard.now();
    let token = match guard.verify(&presented, request, now) {
        Ok(token) => token,
        Err(refusal) => return Decision::Refuse(refusal, presented.scheme),
    };
    let Some(sessions) = &guard.sessions else {
        return Decision::Pass(token);
    };
    let Some(key) = sessions.key(&token) else {
        return Decision::Pass(token);
    };
    match sessions.recall(key, now) {
        Some(Ok(())) => Decision::Pass(token),
        Some(Err(refusal)) => Decision::Refuse(refusal, presented.scheme),
        None => {
            let (sessions, subject) = (sessions.clone(), token.subject.clone());
            let asked = async move { sessions.ask(&subject, key, now).await };
            Decision::Ask(token, Box::pin(asked))
        }
    }
}
