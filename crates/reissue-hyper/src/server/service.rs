//! The service of one connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use pin_project_lite::pin_project;

use super::activity::{Activity, InFlight};
use super::request_body::RequestBody;
use super::response_body::ResponseBody;
use crate::future::ResponseFuture;

/// Calls a clone of the tower service for each request, and notes when it begins and ends.
pub(super) struct Watching<S> {
    service: S,
    activity: Arc<Activity>,
    body_timeout: Duration,
}

impl<S> Watching<S> {
    pub(super) fn new(service: S, activity: Arc<Activity>, body_timeout: Duration) -> Self {
        Self {
            service,
            activity,
            body_timeout,
        }
    }
}

impl<S, B> hyper::service::Service<Request<Incoming>> for Watching<S>
where
    S: tower_service::Service<Request<RequestBody>, Response = Response<B>> + Clone,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = Watched<S>;

    fn call(&self, request: Request<Incoming>) -> Watched<S> {
        let in_flight = self.activity.begin();
        let request = request.map(|body| RequestBody::new(body, self.body_timeout));
        Watched {
            response: ResponseFuture::new(self.service.clone(), request),
            in_flight: Some(in_flight),
        }
    }
}

pin_project! {
    /// The response to one request.
    pub(super) struct Watched<S>
    where
        S: tower_service::Service<Request<RequestBody>>,
    {
        #[pin]
        response: ResponseFuture<S, Request<RequestBody>>,
        in_flight: Option<InFlight>,
    }
}

impl<S, B> Future for Watched<S>
where
    S: tower_service::Service<Request<RequestBody>, Response = Response<B>>,
{
    type Output = Result<Response<ResponseBody<B>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.response.poll(cx))?;
        let in_flight = this.in_flight.take().expect("polled after completion");
        Poll::Ready(Ok(response.map(|body| ResponseBody::new(body, in_flight))))
    }
}
