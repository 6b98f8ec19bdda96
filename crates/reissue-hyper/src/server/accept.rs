//! Accepting connections until the server stops.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep};
use tracing::{debug, warn};

use super::connection::{self, End, Shared};
use super::deadline::{Cause, Stop};
use super::http_server::HttpServer;
use super::listener::Listener;
use super::request_body::RequestBody;

/// What was left when a server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// The connections that were cut because they did not end in time.
    pub cut: usize,
}

impl HttpServer {
    /// Accepts and serves connections until `stop` is ready, then waits for the requests that are
    /// under way, for no longer than the [shutdown time-out](Self::with_shutdown_timeout).
    ///
    /// `connect` is called for each connection with its stream and the address of the peer. It
    /// returns what to read from and to write to, after a TLS handshake for example, and the
    /// service of this connection. Its future runs in the task of the connection, within the
    /// [header time-out](Self::with_header_timeout); an error of it closes the connection. The
    /// service is cloned for each request.
    ///
    /// An error of accepting does not end the server. It tries again, after a pause of 100 ms if
    /// the process has no file descriptor or memory left.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the listener and all connections at once.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time and I/O.
    pub async fn serve<L, F, C, I, S, B>(
        &self,
        listener: L,
        mut connect: F,
        stop: impl Future<Output = ()>,
    ) -> Stopped
    where
        L: Listener,
        F: FnMut(L::Stream, L::Peer) -> C,
        C: Future<Output = io::Result<(I, S)>> + Send + 'static,
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: tower_service::Service<Request<RequestBody>, Response = Response<B>>
            + Clone
            + Send
            + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        S::Future: Send,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (stopping, stopped) = watch::channel(None);
        let shared = Arc::new(Shared {
            http: self.to_hyper(),
            timeouts: self.timeouts,
            stop: stopped,
        });
        let places = Arc::new(Semaphore::new(self.max_connections));
        let cut = Arc::new(AtomicUsize::new(0));
        {
            let mut stop = pin!(stop);
            let mut pressure = Pressure::default();
            loop {
                let (place, stream, peer) = tokio::select! {
                    accepted = next(&listener, &places, &mut pressure) => accepted,
                    () = &mut stop => break,
                };
                let serving = connection::serve(shared.clone(), connect(stream, peer));
                let cut = cut.clone();
                tokio::spawn(async move {
                    let end = serving.await;
                    if matches!(end, End::Cut(Cause::Stop | Cause::Write)) {
                        cut.fetch_add(1, Ordering::Relaxed);
                    }
                    report(&end);
                    drop(place);
                });
            }
        }
        drop(listener);
        cut.store(0, Ordering::Relaxed);
        let since = Instant::now();
        // Each connection keeps to it by itself.
        stopping.send_replace(Some(Stop {
            since,
            until: since.checked_add(self.timeouts.shutdown),
        }));
        let all = u32::try_from(self.max_connections).unwrap_or(u32::MAX);
        // Fails only if the semaphore was closed.
        let _ = places.acquire_many(all).await;
        Stopped {
            cut: cut.load(Ordering::Relaxed),
        }
    }
}

/// Returns the next connection and a place for it, however often the system fails to give one.
async fn next<L>(
    listener: &L,
    places: &Arc<Semaphore>,
    pressure: &mut Pressure,
) -> (OwnedSemaphorePermit, L::Stream, L::Peer)
where
    L: Listener,
{
    let place = match places.clone().try_acquire_owned() {
        Ok(place) => place,
        Err(_) => {
            pressure.report();
            places
                .clone()
                .acquire_owned()
                .await
                .expect("the semaphore is never closed")
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (place, stream, peer),
            Err(error) => {
                let is_of_peer = matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionReset
                );
                warn!(%error, "a connection could not be accepted");
                if !is_of_peer {
                    // Most likely no file descriptor is left: that takes a connection that ends.
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Reports at most once a minute that no further connection is accepted.
#[derive(Debug, Default)]
struct Pressure {
    reported: Option<Instant>,
}

impl Pressure {
    fn report(&mut self) {
        if self
            .reported
            .is_none_or(|last| last.elapsed() >= REPORT_EVERY)
        {
            self.reported = Some(Instant::now());
            warn!("as many connections are open as are allowed; others have to wait");
        }
    }
}

fn report(end: &End) {
    match end {
        End::Closed(Ok(())) => {}
        End::Closed(Err(error)) => debug!(%error, "a connection ended early"),
        End::Cut(cause) => debug!(cause = cause.as_str(), "a connection was cut"),
    }
}

const PAUSE: Duration = Duration::from_millis(100);
const REPORT_EVERY: Duration = Duration::from_secs(60);
