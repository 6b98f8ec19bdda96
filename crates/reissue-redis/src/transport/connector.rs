use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::backoff::Backoff;
use super::connection::Connection;
use super::dialer::Dialer;
use crate::error::{RedisStoreError, RedisStoreErrorKind};

/// One shared connection: opened when it is first needed, and replaced when it is lost.
///
/// At most one connection is in use, and at most one is being opened. It is opened by a task of its
/// own, so that a caller that drops its future does not cancel it for the others.
#[derive(Clone)]
pub(crate) struct Connector {
    inner: Arc<Inner>,
}

struct Inner {
    dialer: Dialer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    dialing: Option<watch::Receiver<Dialed>>,
    /// Reset once a connection has served a request.
    backoff: Backoff,
}

/// The result of an attempt to connect; `None` until it is there.
type Dialed = Option<Result<Arc<Connection>, RedisStoreError>>;

impl Connector {
    pub(crate) fn new(dialer: Dialer) -> Self {
        Self {
            inner: Arc::new(Inner {
                dialer,
                state: Mutex::default(),
            }),
        }
    }

    /// Returns the connection, and waits until it is open if there is none.
    ///
    /// # Errors
    ///
    /// The attempt to connect failed, or the last one did and it is too early for another.
    pub(crate) async fn connection(&self) -> Result<Arc<Connection>, RedisStoreError> {
        let mut dialing = {
            let mut state = self.inner.state();
            if let Some(connection) = &state.connection {
                return Ok(connection.clone());
            }
            self.dial(&mut state)?
        };
        let dialed = dialing.wait_for(Option::is_some).await;
        match dialed.map(|dialed| dialed.clone()) {
            Ok(Some(result)) => result,
            // The task ended with its runtime.
            Ok(None) | Err(_) => {
                self.inner.state().dialing = None;
                Err(RedisStoreError::new(RedisStoreErrorKind::ConnectionLost))
            }
        }
    }

    /// Stops using a connection because of an error.
    ///
    /// A connection that never served a request counts as a failed attempt to connect: otherwise
    /// each request would open a connection to a replica that only refuses. A connection that broke
    /// does not count: it says nothing about the server, and the requests whose responses were lost
    /// are to be sent again without a pause.
    pub(crate) fn discard(&self, connection: &Arc<Connection>, error: &RedisStoreError) {
        let mut state = self.inner.state();
        if state.holds(connection) {
            state.connection = None;
            if connection.has_served() {
                state.backoff.reset();
            } else if error.kind() != RedisStoreErrorKind::ConnectionLost {
                state.backoff.failed(error);
            }
        }
    }

    /// Opens another connection in place of this one, which stays in use until then.
    ///
    /// Does nothing if this one is new itself: more connections do not help a server in trouble.
    pub(crate) fn replace(&self, connection: &Arc<Connection>) {
        if connection.age() < MIN_AGE {
            return;
        }
        let mut state = self.inner.state();
        if state.holds(connection) {
            if connection.has_served() {
                state.backoff.reset();
            }
            // An error means that it is too early for another attempt.
            let _ = self.dial(&mut state);
        }
    }

    /// Joins the attempt that is under way, or begins one.
    fn dial(&self, state: &mut State) -> Result<watch::Receiver<Dialed>, RedisStoreError> {
        if let Some(dialing) = &state.dialing {
            return Ok(dialing.clone());
        }
        state.backoff.check()?;
        let (sender, receiver) = watch::channel(None);
        state.dialing = Some(receiver.clone());
        let inner = self.inner.clone();
        tokio::spawn(async move {
            let result = inner.dialer.dial().await.map(Arc::new);
            inner.state().dialed(&result);
            let _ = sender.send(Some(result));
        });
        Ok(receiver)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn holds(&self, connection: &Arc<Connection>) -> bool {
        let held = self.connection.as_ref();
        held.is_some_and(|held| Arc::ptr_eq(held, connection))
    }

    fn dialed(&mut self, result: &Result<Arc<Connection>, RedisStoreError>) {
        self.dialing = None;
        match result {
            Ok(connection) => self.connection = Some(connection.clone()),
            Err(error) => self.backoff.failed(error),
        }
    }
}

const MIN_AGE: Duration = Duration::from_millis(250);
