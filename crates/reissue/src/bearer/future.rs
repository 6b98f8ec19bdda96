//! `ResponseFuture`: pass, refuse, or ask the store first.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::guard::Guard;
use super::refusal::Refusal;
use crate::server::TokenType;
use crate::wire::{EndpointBody, ResponseBody};

pin_project! {
    /// The response of [`Bearer`](super::Bearer).
    pub struct ResponseFuture<S, B, F> {
        #[pin]
        state: State<S, B, F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F> {
        // Every request with a good token comes this way: no box.
        Pass { #[pin] future: F },
        Refuse { response: Option<Response<EndpointBody>> },
        // A round trip to the store: boxes do not matter.
        Ask { asked: Asked, waiting: Option<Box<Waiting<S, B>>> },
    }
}

/// The answer of the store, or what is made of it.
pub(super) type Asked = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send>>;

/// What waits for the store's answer.
struct Waiting<S, B> {
    ready: S,
    request: Request<B>,
    guard: Arc<Guard>,
    scheme: TokenType,
}

impl<S, B, F> ResponseFuture<S, B, F> {
    pub(super) fn pass(future: F) -> Self {
        Self {
            state: State::Pass { future },
        }
    }

    pub(super) fn refuse(response: Response<EndpointBody>) -> Self {
        Self {
            state: State::Refuse {
                response: Some(response),
            },
        }
    }

    pub(super) fn ask(
        asked: Asked,
        ready: S,
        request: Request<B>,
        guard: Arc<Guard>,
        scheme: TokenType,
    ) -> Self {
        Self {
            state: State::Ask {
                asked,
                waiting: Some(Box::new(Waiting {
                    ready,
                    request,
                    guard,
                    scheme,
                })),
            },
        }
    }
}

impl<S, ReqBody, ResBody, F, E> Future for ResponseFuture<S, ReqBody, F>
where
    S: Service<Request<ReqBody>, Future = F>,
    F: Future<Output = Result<Response<ResBody>, E>>,
{
    type Output = Result<Response<ResponseBody<ResBody>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProj::Pass { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(ResponseBody::passed)));
                }
                StateProj::Refuse { response } => {
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
                StateProj::Ask { asked, waiting } => {
                    let answer = ready!(asked.as_mut().poll(cx));
                    let mut waiting = *waiting.take().expect("polled after completion");
                    let next = match answer {
                        Ok(()) => State::Pass {
                            future: waiting.ready.call(waiting.request),
                        },
                        Err(refusal) => State::Refuse {
                            response: Some(waiting.guard.refuse(refusal, waiting.scheme)),
                        },
                    };
                    state.set(next);
                }
            }
        }
    }
}

impl<S, B, F> fmt::Debug for ResponseFuture<S, B, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
