//! One connection, from the handshake to the end.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use http::{Request, Response};
use http_body::Body;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::activity::Activity;
use crate::deadline::{Action, Cause, Stop, Timeouts};
use crate::deadline_timer::DeadlineTimer;
use crate::incoming_body::IncomingBody;
use crate::watched_io::WatchedIo;
use crate::watched_service::WatchedService;

/// How a connection ended.
#[derive(Debug)]
pub(crate) enum End {
    /// It ended by itself, or with an error of the peer or of the service.
    Closed(Result<(), Box<dyn Error + Send + Sync>>),
    /// It was dropped at a deadline.
    Cut(Cause),
}

/// What the connections of a server share.
pub(crate) struct Shared {
    pub(crate) http: Builder<TokioExecutor>,
    pub(crate) timeouts: Timeouts,
    /// Holds `None` until the shutdown begins.
    pub(crate) stop: watch::Receiver<Option<Stop>>,
}

/// Serves one connection that was just accepted.
pub(crate) async fn serve<I, S, B>(
    shared: Arc<Shared>,
    connecting: impl Future<Output = io::Result<(I, S)>>,
) -> End
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: tower_service::Service<Request<IncomingBody>, Response = Response<B>> + Clone + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    S::Future: Send,
    S: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let accepted = Instant::now();
    let timeouts = shared.timeouts;
    let mut stopping = pin!(stopped(shared.stop.clone()));
    let connecting = async {
        match accepted.checked_add(timeouts.header) {
            Some(deadline) => timeout_at(deadline, connecting).await.ok(),
            None => Some(connecting.await),
        }
    };
    let connected = tokio::select! {
        connected = connecting => connected,
        // No request waits for a response yet.
        _ = &mut stopping => return End::Cut(Cause::Stop),
    };
    let (io, service) = match connected {
        Some(Ok(connected)) => connected,
        Some(Err(error)) => return End::Closed(Err(error.into())),
        None => return End::Cut(Cause::Head),
    };
    let activity = Arc::new(Activity::new(accepted));
    let io = TokioIo::new(WatchedIo::new(io, activity.clone()));
    let service = WatchedService::new(service, activity.clone(), timeouts.body);
    let mut connection = pin!(shared.http.serve_connection(io, service));
    let mut timer = pin!(DeadlineTimer::new(accepted));
    let mut stop = None;
    let mut closing = None;
    poll_fn(|cx| {
        if let Poll::Ready(closed) = connection.as_mut().poll(cx) {
            return Poll::Ready(End::Closed(closed));
        }
        if stop.is_none()
            && let Poll::Ready(stopped) = stopping.as_mut().poll(cx)
        {
            let Some(stopped) = stopped else {
                return Poll::Ready(End::Cut(Cause::Stop));
            };
            stop = Some(stopped);
            connection.as_mut().graceful_shutdown();
            if let Poll::Ready(closed) = connection.as_mut().poll(cx) {
                return Poll::Ready(End::Closed(closed));
            }
        }
        loop {
            let Some(due) = activity.waits(closing, stop, cx).due(&timeouts) else {
                return Poll::Pending;
            };
            if timer.as_mut().poll_until(due.at, cx).is_pending() {
                return Poll::Pending;
            }
            match due.action {
                Action::Cut(cause) => return Poll::Ready(End::Cut(cause)),
                Action::Close => {
                    closing = Some(Instant::now());
                    connection.as_mut().graceful_shutdown();
                    if let Poll::Ready(closed) = connection.as_mut().poll(cx) {
                        return Poll::Ready(End::Closed(closed));
                    }
                }
            }
        }
    })
    .await
}

/// Waits for the shutdown; returns `None` if the server was dropped without one.
async fn stopped(mut stop: watch::Receiver<Option<Stop>>) -> Option<Stop> {
    let stop = stop.wait_for(Option::is_some).await.ok()?;
    *stop
}
