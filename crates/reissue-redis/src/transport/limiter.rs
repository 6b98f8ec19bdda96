//! How many operations may be under way, and how many may wait.

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::error::{RedisStoreError, RedisStoreErrorKind};

/// Lets so many operations through at once. As many again may wait, until their deadline; one more is turned away.
#[derive(Debug)]
pub(crate) struct Limiter {
    admitted: Semaphore,
    under_way: Semaphore,
}

/// A place, held for as long as this lives.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    _admitted: SemaphorePermit<'a>,
    _under_way: SemaphorePermit<'a>,
}

impl Limiter {
    pub(crate) fn new(concurrency: usize) -> Self {
        let concurrency = concurrency.clamp(1, Semaphore::MAX_PERMITS / 2);
        Self {
            admitted: Semaphore::new(concurrency * 2),
            under_way: Semaphore::new(concurrency),
        }
    }

    pub(crate) async fn acquire(&self, deadline: Instant) -> Result<Permit<'_>, RedisStoreError> {
        const OVERLOADED: RedisStoreError = RedisStoreError::new(RedisStoreErrorKind::Overloaded);
        let admitted = self.admitted.try_acquire().map_err(|_| OVERLOADED)?;
        let Ok(Ok(under_way)) = timeout_at(deadline, self.under_way.acquire()).await else {
            return Err(OVERLOADED);
        };
        Ok(Permit {
            _admitted: admitted,
            _under_way: under_way,
        })
    }
}
