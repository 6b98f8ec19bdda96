use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::connection::Connection;
use super::dialer::Dialer;
use crate::error::{PostgresStoreError, PostgresStoreErrorKind};

/// A bounded number of connections, opened when they are needed, and a bounded number of operations
/// that wait for one.
pub(crate) struct Pool {
    dialer: Dialer,
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    /// A bound on the operations that wait for a standby, so that one which is gone holds up
    /// revocations and nothing else.
    replicating: Arc<Semaphore>,
    /// The one that was used last is used next, so that in quiet times few are used.
    idle: Mutex<Vec<Connection>>,
}

/// The right to use one connection, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _admitted: OwnedSemaphorePermit,
    _replicating: Option<OwnedSemaphorePermit>,
    _running: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(dialer: Dialer, connections: usize) -> Self {
        Self {
            dialer,
            admitted: Arc::new(Semaphore::new(connections * (1 + WAITING_PER_CONNECTION))),
            running: Arc::new(Semaphore::new(connections)),
            replicating: Arc::new(Semaphore::new((connections / 4).max(1))),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Waits until a connection may be used; by an operation that waits for a standby, if it is
    /// one.
    pub(crate) async fn acquire(
        &self,
        deadline: Instant,
        replicates: bool,
    ) -> Result<Permit, PostgresStoreError> {
        let admitted = self.admitted.clone();
        let admitted = admitted.try_acquire_owned().map_err(|_| OVERLOADED)?;
        let replicating = if replicates {
            Some(acquire_one(&self.replicating, deadline).await?)
        } else {
            None
        };
        Ok(Permit {
            _admitted: admitted,
            _replicating: replicating,
            _running: acquire_one(&self.running, deadline).await?,
        })
    }

    /// Returns a connection that was used before, or opens one.
    pub(crate) async fn connection(
        &self,
        deadline: Instant,
    ) -> Result<Connection, PostgresStoreError> {
        let idle = {
            let mut idle = self.idle();
            // Also those whose runtime is gone.
            std::iter::from_fn(|| idle.pop()).find(|connection| !connection.is_closed())
        };
        match idle {
            Some(connection) => Ok(connection),
            None => self.open(deadline).await,
        }
    }

    /// Opens a connection that is not one of the pool.
    pub(crate) async fn open(&self, deadline: Instant) -> Result<Connection, PostgresStoreError> {
        match timeout_at(deadline, self.dialer.connect(deadline)).await {
            Ok(result) => result,
            Err(_) => Err(PostgresStoreError::new(PostgresStoreErrorKind::Timeout)),
        }
    }

    /// Takes a connection back on which no statement runs.
    pub(crate) fn put_back(&self, connection: Connection) {
        self.idle().push(connection);
    }

    /// Closes all connections that are not in use.
    pub(crate) fn clear(&self) {
        let idle = std::mem::take(&mut *self.idle());
        drop(idle);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn acquire_one(
    semaphore: &Arc<Semaphore>,
    deadline: Instant,
) -> Result<OwnedSemaphorePermit, PostgresStoreError> {
    match timeout_at(deadline, semaphore.clone().acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(OVERLOADED),
    }
}

const OVERLOADED: PostgresStoreError = PostgresStoreError::new(PostgresStoreErrorKind::Overloaded);

/// How many operations may wait for each connection, within their response time-out.
const WAITING_PER_CONNECTION: usize = 32;
