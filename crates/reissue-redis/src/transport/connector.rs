//! Keeps a connection: makes it when it is needed, and another when it is lost.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::connection::Connection;
use super::dial::Dialer;
use crate::error::{RedisStoreError, RedisStoreErrorKind};

/// At most one connection is used, and at most one is being made, by a task of its own: nobody who hangs up takes it
/// with him.
#[derive(Clone)]
pub(crate) struct Connector {
    shared: Arc<Shared>,
}

struct Shared {
    dialer: Dialer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    dialing: Option<watch::Receiver<Dialed>>,
    failure: Option<Failure>,
}

/// Nothing while it is under way.
type Dialed = Option<Result<Arc<Connection>, RedisStoreError>>;

/// The failures since a connection last served.
struct Failure {
    error: RedisStoreError,
    count: u32,
    retry_at: Instant,
}

impl Connector {
    pub(crate) fn new(dialer: Dialer) -> Self {
        Self {
            shared: Arc::new(Shared {
                dialer,
                state: Mutex::default(),
            }),
        }
    }

    /// The connection, as soon as there is one. Fails at once with the last error while it is too early for another try.
    pub(crate) async fn connection(&self) -> Result<Arc<Connection>, RedisStoreError> {
        let mut dialing = {
            let mut state = self.shared.state();
            if let Some(connection) = &state.connection {
                return Ok(connection.clone());
            }
            self.dial(&mut state)?
        };
        let dialed = dialing.wait_for(Option::is_some).await;
        match dialed.map(|dialed| dialed.clone()) {
            Ok(Some(result)) => result,
            // The task went down with its runtime.
            Ok(None) | Err(_) => {
                self.shared.state().dialing = None;
                Err(RedisStoreError::new(RedisStoreErrorKind::ConnectionLost))
            }
        }
    }

    /// Nobody shall use that connection any more, for that reason. If it leads to a server that only refuses, it counts as
    /// one that could not be made: a replica is not met with a connection for each request. One that breaks says nothing
    /// of the server, and those who lost their replies with it shall not wait.
    pub(crate) fn discard(&self, connection: &Arc<Connection>, why: &RedisStoreError) {
        let mut state = self.shared.state();
        if state.holds(connection) {
            state.connection = None;
            if connection.has_served() {
                state.failure = None;
            } else if why.kind() != RedisStoreErrorKind::ConnectionLost {
                state.failed(why);
            }
        }
    }

    /// Makes another connection to use instead of that one, which is used until then. Not if it is new itself: a server
    /// in trouble is not helped by more connections.
    pub(crate) fn replace(&self, connection: &Arc<Connection>) {
        if connection.age() < LEAST_AGE {
            return;
        }
        let mut state = self.shared.state();
        if state.holds(connection) {
            if connection.has_served() {
                state.failure = None;
            }
            // An error here means that it is too early for another try.
            let _ = self.dial(&mut state);
        }
    }

    /// Joins the attempt that is under way, or begins one.
    fn dial(&self, state: &mut State) -> Result<watch::Receiver<Dialed>, RedisStoreError> {
        if let Some(dialing) = &state.dialing {
            return Ok(dialing.clone());
        }
        if let Some(failure) = &state.failure
            && Instant::now() < failure.retry_at
        {
            return Err(failure.error.clone());
        }
        let (sender, receiver) = watch::channel(None);
        state.dialing = Some(receiver.clone());
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let result = shared.dialer.dial().await.map(Arc::new);
            shared.state().dialed(&result);
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

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn holds(&self, connection: &Arc<Connection>) -> bool {
        let held = self.connection.as_ref();
        held.is_some_and(|held| Arc::ptr_eq(held, connection))
    }

    /// A connection that was made has yet to serve before failures are forgotten.
    fn dialed(&mut self, result: &Result<Arc<Connection>, RedisStoreError>) {
        self.dialing = None;
        match result {
            Ok(connection) => self.connection = Some(connection.clone()),
            Err(error) => self.failed(error),
        }
    }

    fn failed(&mut self, error: &RedisStoreError) {
        let count = self.failure.as_ref().map_or(0, |failure| failure.count);
        self.failure = Some(Failure {
            error: error.clone(),
            count: count.saturating_add(1),
            retry_at: Instant::now() + pause(count, RandomState::new().hash_one(0)),
        });
    }
}

/// Doubles with each failure up to a second; half of it is up to chance, so that not all come back at once.
fn pause(failures: u32, chance: u64) -> Duration {
    let longest = SHORTEST_PAUSE * 2_u32.saturating_pow(failures.min(16));
    let longest = longest.min(LONGEST_PAUSE);
    let share = (chance % 1_000) as f64 / 1_000.0;
    longest.mul_f64(0.5 + share / 2.0)
}

const LEAST_AGE: Duration = Duration::from_millis(250);
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_second_and_differ() {
        for failures in 0..40 {
            let shortest = pause(failures, 0);
            let longest = pause(failures, 999);
            assert!(shortest < longest && longest <= LONGEST_PAUSE, "{failures}");
            assert!(pause(failures + 1, 0) >= shortest);
        }
        assert_eq!(pause(0, 0), SHORTEST_PAUSE / 2);
        assert_eq!(pause(u32::MAX, 0), LONGEST_PAUSE / 2);
    }
}
