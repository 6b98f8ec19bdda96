//! One connection, from the handshake to the end.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use super::activity::Activity;
use super::deadline::{Action, Cause, Stop, Timeouts};
use super::io::Watched;
use super::request_body::RequestBody;
use super::service::Watching;

/// How a connection ended.
#[derive(Debug)]
pub(super) enum End {
    /// By itself, or with the fault of somebody.
    Closed(Result<(), Box<dyn Error + Send + Sync>>),
    /// At a deadline.
    Cut(Cause),
}

/// What all connections of a server share.
pub(super) struct Shared {
    pub(super) http: Builder<TokioExecutor>,
    pub(super) timeouts: Timeouts,
    /// `None` inside until the server stops.
    pub(super) stop: watch::Receiver<Option<Stop>>,
}

/// Serves one connection that was just accepted.
pub(super) async fn serve<I, S, B>(
    shared: Arc<Shared>,
    connecting: impl Future<Output = io::Result<(I, S)>>,
) -> End
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: tower_service::Service<Request<RequestBody>, Response = Response<B>> + Clone + 'static,
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
        // Nobody waits for a response yet.
        _ = &mut stopping => return End::Cut(Cause::Stop),
    };
    let (io, service) = match connected {
        Some(Ok(connected)) => connected,
        Some(Err(error)) => return End::Closed(Err(error.into())),
        None => return End::Cut(Cause::Head),
    };
    let activity = Arc::new(Activity::new(accepted));
    let io = TokioIo::new(Watched::new(io, activity.clone()));
    let service = Watching::new(service, activity.clone(), timeouts.body);
    let mut connection = pin!(shared.http.serve_connection(io, service));
    let mut watch = pin!(Watch::new(accepted));
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
            if watch.as_mut().poll_until(due.at, cx).is_pending() {
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

/// Waits until the server stops; `None` if it is gone without a word.
async fn stopped(mut stop: watch::Receiver<Option<Stop>>) -> Option<Stop> {
    let stop = stop.wait_for(Option::is_some).await.ok()?;
    *stop
}

pin_project_lite::pin_project! {
    /// A timer for deadlines that move all the time, mostly away: it is set anew only when one comes closer, or when the
    /// last one that it was set to has passed.
    struct Watch {
        #[pin]
        sleep: Sleep,
        set_to: Option<Instant>,
    }
}

impl Watch {
    fn new(now: Instant) -> Self {
        Self {
            sleep: sleep_until(now),
            set_to: None,
        }
    }

    /// Ready once that moment has passed.
    fn poll_until(self: Pin<&mut Self>, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            if this.set_to.is_none_or(|set_to| at < set_to) {
                this.sleep.as_mut().reset(at);
                *this.set_to = Some(at);
            }
            std::task::ready!(this.sleep.as_mut().poll(cx));
            *this.set_to = None;
            if at <= Instant::now() {
                return Poll::Ready(());
            }
        }
    }
}
