use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use reissue::Clock;

use super::batch::Batches;
use super::request::{Reply, Request, request};
use super::verb::Verb;
use crate::database::Database;
use crate::durability::Durability;
use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// A handle of the writer thread, which ends when the last handle goes.
pub(crate) struct Writer {
    queue: SyncSender<Box<dyn Request>>,
}

impl Writer {
    /// Starts the thread, with a queue of so many operations.
    pub(crate) fn start(
        database: Database,
        clock: Arc<dyn Clock>,
        waiting: usize,
    ) -> Result<Self, SqliteStoreError> {
        let (queue, requests) = sync_channel(waiting);
        thread::Builder::new()
            .name("reissue-sqlite".to_owned())
            .spawn(move || serve(&requests, Batches::new(database, clock)))
            .map_err(|error| {
                SqliteStoreError::new(SqliteStoreErrorKind::Stopped).with_source(error)
            })?;
        Ok(Self { queue })
    }

    /// Queues an operation. It takes no effect if the reply is dropped before the thread begins it.
    pub(crate) fn submit<V: Verb>(
        &self,
        verb: V,
        durability: Durability,
    ) -> Result<Reply<V::Output>, SqliteStoreError> {
        let (request, reply) = request(verb, durability);
        self.queue.try_send(request).map_err(|error| {
            SqliteStoreError::new(match error {
                TrySendError::Disconnected(_) => SqliteStoreErrorKind::Stopped,
                TrySendError::Full(_) => SqliteStoreErrorKind::Overloaded,
            })
        })?;
        Ok(reply)
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// Takes whatever waits, runs it, and waits for more.
fn serve(requests: &Receiver<Box<dyn Request>>, mut batches: Batches) {
    while let Ok(first) = requests.recv() {
        let mut batch = Vec::with_capacity(LARGEST_BATCH);
        batch.push(first);
        // On one core this thread runs as soon as the first of many is queued. It lets the runtime
        // queue the others first, while there are more: they share a transaction.
        loop {
            let queued = batch.len();
            thread::yield_now();
            batch.extend(requests.try_iter().take(LARGEST_BATCH - queued));
            if batch.len() == queued || batch.len() == LARGEST_BATCH {
                break;
            }
        }
        batches.run(batch);
    }
}

/// More would add to the wait of the first one, and save little.
const LARGEST_BATCH: usize = 128;
