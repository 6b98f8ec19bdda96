use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};
use tracing::warn;

use crate::listener::Listener;

/// Accepts connections while there are fewer than allowed.
pub(crate) struct Acceptor<L> {
    listener: L,
    connections: Connections,
    warned: Option<Instant>,
}

/// The open connections, each of which holds a permit.
pub(crate) struct Connections {
    permits: Arc<Semaphore>,
    max: usize,
}

impl<L> Acceptor<L>
where
    L: Listener,
{
    pub(crate) fn new(listener: L, max_connections: usize) -> Self {
        Self {
            listener,
            connections: Connections {
                permits: Arc::new(Semaphore::new(max_connections)),
                max: max_connections,
            },
            warned: None,
        }
    }

    /// Returns the next connection and its permit, however often accepting fails.
    pub(crate) async fn accept(&mut self) -> (OwnedSemaphorePermit, L::Stream, L::Peer) {
        let permit = self.permit().await;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => return (permit, stream, peer),
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    if !is_of_peer(&error) {
                        // Probably out of file descriptors, until a connection ends.
                        sleep(PAUSE).await;
                    }
                }
            }
        }
    }

    /// Closes the listener.
    pub(crate) fn close(self) -> Connections {
        self.connections
    }

    async fn permit(&mut self) -> OwnedSemaphorePermit {
        let permits = self.connections.permits.clone();
        if let Ok(permit) = permits.clone().try_acquire_owned() {
            return permit;
        }
        self.warn();
        permits
            .acquire_owned()
            .await
            .expect("the semaphore is never closed")
    }

    /// Warns at most once a minute that no further connection is accepted.
    fn warn(&mut self) {
        let is_due = |last: Instant| last.elapsed() >= WARN_EVERY;
        if self.warned.is_none_or(is_due) {
            self.warned = Some(Instant::now());
            warn!("the maximum number of connections is open; further ones have to wait");
        }
    }
}

impl Connections {
    /// Waits until all connections have ended.
    pub(crate) async fn ended(self) {
        let all = u32::try_from(self.max).unwrap_or(u32::MAX);
        // Fails only if the semaphore was closed.
        let _ = self.permits.acquire_many(all).await;
    }
}

fn is_of_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

const PAUSE: Duration = Duration::from_millis(100);
const WARN_EVERY: Duration = Duration::from_secs(60);
