//! `ResponseFuture`: passes a request on, or runs the steps of a token request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::exchange::{BoxFuture, Exchange, Forward, Pending, Step};
use crate::denial::Denial;
use crate::wire::{EndpointBody, ReadBody, ReceivedBody, RequestBody, ResponseBody};

pin_project! {
    /// The response of [`Refresh`](crate::Refresh).
    pub struct ResponseFuture<S, B, F> {
        #[pin]
        state: State<S, B, F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F> {
        // Every request that is not for the token endpoint takes this path, so it has no box and no
        // bound.
        Pass { #[pin] future: F },
        // The request is denied.
        Deny { response: Option<Response<EndpointBody>> },
        // 1. The body is read.
        Read { #[pin] body: ReadBody<B>, waiting: Option<Box<Waiting<S>>> },
        // 2. The client of another grant is authenticated.
        Authenticate {
            future: BoxFuture<Result<Forward, Response<EndpointBody>>>,
            ready: Option<S>,
        },
        // 3. The inner service decides.
        Call { #[pin] future: F, pending: Option<Box<Pending>> },
        // 2. or 4. The tokens are made.
        Respond { future: BoxFuture<Response<EndpointBody>> },
    }
}

/// The state that is kept until the body is read.
struct Waiting<S> {
    ready: S,
    exchange: Exchange,
}

impl<S, B, F> ResponseFuture<S, B, F> {
    pub(super) fn pass(future: F) -> Self {
        Self {
            state: State::Pass { future },
        }
    }

    pub(super) fn deny(response: Response<EndpointBody>) -> Self {
        Self {
            state: State::deny(response),
        }
    }

    pub(super) fn read(body: ReadBody<B>, ready: S, exchange: Exchange) -> Self {
        Self {
            state: State::Read {
                body,
                waiting: Some(Box::new(Waiting { ready, exchange })),
            },
        }
    }
}

impl<S, B, F> State<S, B, F> {
    fn deny(response: Response<EndpointBody>) -> Self {
        Self::Deny {
            response: Some(response),
        }
    }

    fn after_read(waiting: Waiting<S>, body: Result<ReceivedBody, Denial>) -> Self {
        let Waiting { ready, exchange } = waiting;
        match exchange.step(body) {
            Step::Authenticate(future) => Self::Authenticate {
                future,
                ready: Some(ready),
            },
            // The inner service is not called, so what it reserved for the request is returned.
            Step::Respond(future) => Self::Respond { future },
            Step::Deny(response) => Self::deny(response),
        }
    }
}

impl<S, ReqBody, ResBody, F, E> Future for ResponseFuture<S, ReqBody, F>
where
    S: Service<Request<RequestBody<ReqBody>>, Future = F>,
    F: Future<Output = Result<Response<ResBody>, E>>,
    ReqBody: http_body::Body<Data = bytes::Bytes>,
{
    type Output = Result<Response<ResponseBody<ResBody>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Pass { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(ResponseBody::passed)));
                }
                StateProj::Deny { response } => {
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
                StateProj::Read { body, waiting } => {
                    let body = ready!(body.poll(cx));
                    let waiting = waiting.take().expect("polled after completion");
                    State::after_read(*waiting, body)
                }
                StateProj::Authenticate { future, ready } => {
                    let authenticated = ready!(future.as_mut().poll(cx));
                    let mut ready = ready.take().expect("polled after completion");
                    match authenticated {
                        Ok(Forward {
                            head,
                            body,
                            pending,
                        }) => {
                            let body = RequestBody::replayed(body);
                            State::Call {
                                future: ready.call(Request::from_parts(head, body)),
                                pending: Some(Box::new(pending)),
                            }
                        }
                        Err(response) => State::deny(response),
                    }
                }
                StateProj::Call { future, pending } => {
                    let response = ready!(future.poll(cx))?;
                    let pending = pending.take().expect("polled after completion");
                    let (mut head, body) = response.into_parts();
                    let Some(future) = pending.settle(&mut head) else {
                        let response = Response::from_parts(head, ResponseBody::passed(body));
                        return Poll::Ready(Ok(response));
                    };
                    State::Respond { future }
                }
                StateProj::Respond { future } => {
                    let response = ready!(future.as_mut().poll(cx));
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
            };
            state.set(next);
        }
    }
}

impl<S, B, F> fmt::Debug for ResponseFuture<S, B, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
