//! Slow hashes off the async threads, a few at a time.

use std::sync::Arc;

use async_lock::Semaphore;

use crate::denial::Denial;

/// Checks slow hashes on threads of their own: at most `concurrency` at once, at most `queue` waiting.
#[derive(Debug)]
pub(crate) struct SlowHashes {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl SlowHashes {
    pub(crate) fn new(concurrency: usize, queue: usize) -> Self {
        Self {
            admitted: Arc::new(Semaphore::new(concurrency.saturating_add(queue))),
            running: Arc::new(Semaphore::new(concurrency)),
        }
    }

    /// Runs a check on a thread where it may take its time.
    ///
    /// # Errors
    ///
    /// [`Denial::SecretsBusy`] if too many checks are waiting already.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place in the queue; a check that runs goes on to its end, unheard.
    pub(crate) async fn run(
        &self,
        check: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<bool, Denial> {
        let admitted = self.admitted.try_acquire_arc().ok_or(Denial::SecretsBusy)?;
        let running = self.running.acquire_arc().await;
        Ok(blocking::unblock(move || {
            // The check holds its places itself: a client that goes away must not make room for one more.
            let _places = (admitted, running);
            check()
        })
        .await)
    }
}
