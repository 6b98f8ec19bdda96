use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::error::{RedisStoreError, RedisStoreErrorKind};

/// A bound on the operations that run at once. As many again may wait, each until its deadline; one
/// more fails at once.
#[derive(Debug)]
pub(crate) struct Limiter {
    admitted: Semaphore,
    running: Semaphore,
}

/// The right to run one operation, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    _admitted: SemaphorePermit<'a>,
    _running: SemaphorePermit<'a>,
}

impl Limiter {
    pub(crate) fn new(concurrency: usize) -> Self {
        let concurrency = concurrency.clamp(1, Semaphore::MAX_PERMITS / 2);
        Self {
            admitted: Semaphore::new(concurrency * 2),
            running: Semaphore::new(concurrency),
        }
    }

    pub(crate) async fn acquire(&self, deadline: Instant) -> Result<Permit<'_>, RedisStoreError> {
        const OVERLOADED: RedisStoreError = RedisStoreError::new(RedisStoreErrorKind::Overloaded);
        let admitted = self.admitted.try_acquire().map_err(|_| OVERLOADED)?;
        let Ok(Ok(running)) = timeout_at(deadline, self.running.acquire()).await else {
            return Err(OVERLOADED);
        };
        Ok(Permit {
            _admitted: admitted,
            _running: running,
        })
    }
}
