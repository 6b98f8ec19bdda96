use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::service::{TowerToHyperService, TowerToHyperServiceFuture};
use pin_project_lite::pin_project;

use crate::activity::{Activity, InFlight};
use crate::incoming_body::IncomingBody;
use crate::response_body::ResponseBody;

/// The service of one connection. It calls a clone of the tower service for each request, and
/// records in the [`Activity`] when requests begin and end.
pub(crate) struct WatchedService<S> {
    service: TowerToHyperService<S>,
    activity: Arc<Activity>,
    body_timeout: Duration,
}

impl<S> WatchedService<S> {
    pub(crate) fn new(service: S, activity: Arc<Activity>, body_timeout: Duration) -> Self {
        Self {
            service: TowerToHyperService::new(service),
            activity,
            body_timeout,
        }
    }
}

impl<S, B> hyper::service::Service<Request<Incoming>> for WatchedService<S>
where
    S: tower_service::Service<Request<IncomingBody>, Response = Response<B>> + Clone,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = WatchedFuture<S>;

    fn call(&self, request: Request<Incoming>) -> WatchedFuture<S> {
        let in_flight = self.activity.begin();
        let request = request.map(|body| IncomingBody::new(body, self.body_timeout));
        WatchedFuture {
            response: self.service.call(request),
            in_flight: Some(in_flight),
        }
    }
}

pin_project! {
    /// The future of the response to one request.
    pub(crate) struct WatchedFuture<S>
    where
        S: tower_service::Service<Request<IncomingBody>>,
    {
        #[pin]
        response: TowerToHyperServiceFuture<S, Request<IncomingBody>>,
        in_flight: Option<InFlight>,
    }
}

impl<S, B> Future for WatchedFuture<S>
where
    S: tower_service::Service<Request<IncomingBody>, Response = Response<B>>,
{
    type Output = Result<Response<ResponseBody<B>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.response.poll(cx))?;
        let in_flight = this.in_flight.take().expect("polled after completion");
        Poll::Ready(Ok(response.map(|body| ResponseBody::new(body, in_flight))))
    }
}
