//! `ResponseFuture`: passes the request on, denies it, or reads the store first.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::lookup::Lookup;
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
        // Every request with a valid token takes this path, so it has no box.
        Pass { #[pin] future: F },
        Deny { response: Option<Response<EndpointBody>> },
        // Boxed: the cost is small beside a round trip to the store.
        LookUp { lookup: Lookup, held: Option<Box<HeldRequest<S, B>>> },
    }
}

/// A request that is held until the store has responded, and the service that is ready for it.
struct HeldRequest<S, B> {
    ready: S,
    request: Request<B>,
}

impl<S, B, F> ResponseFuture<S, B, F> {
    pub(super) fn pass(future: F) -> Self {
        Self {
            state: State::Pass { future },
        }
    }

    pub(super) fn deny(response: Response<EndpointBody>) -> Self {
        Self {
            state: State::Deny {
                response: Some(response),
            },
        }
    }

    pub(super) fn look_up(lookup: Lookup, ready: S, request: Request<B>) -> Self {
        Self {
            state: State::LookUp {
                lookup,
                held: Some(Box::new(HeldRequest { ready, request })),
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
                StateProj::Deny { response } => {
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
                StateProj::LookUp { lookup, held } => {
                    let verified = ready!(Pin::new(lookup).poll(cx));
                    let mut held = *held.take().expect("polled after completion");
                    let next = match verified {
                        Ok(token) => {
                            held.request.extensions_mut().insert(token);
                            State::Pass {
                                future: held.ready.call(held.request),
                            }
                        }
                        Err(denied) => State::Deny {
                            response: Some(denied.to_response()),
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
