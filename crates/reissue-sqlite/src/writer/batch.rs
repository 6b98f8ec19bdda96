use std::sync::Arc;

use reissue::Clock;

use super::request::Request;
use super::sweep::Sweep;
use super::verb::{Access, Swept};
use crate::database::{Database, Open};
use crate::durability::Durability;
use crate::error::SqliteStoreError;

/// Runs operations, many of them in one transaction.
pub(super) struct Batches {
    database: Database,
    clock: Arc<dyn Clock>,
    sweep: Sweep,
}

/// Why a transaction was undone.
enum Failure {
    /// The transaction as a whole: it could not begin or commit.
    Transaction(SqliteStoreError),
    /// One of its operations.
    Request(SqliteStoreError),
    /// The removal of what has expired, which no operation depends on.
    Sweep(SqliteStoreError),
}

impl Batches {
    pub(super) fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self {
            database,
            clock,
            sweep: Sweep::default(),
        }
    }

    /// Runs the operations whose callers still wait, in their order, and replies to each after the
    /// commit.
    pub(super) fn run(&mut self, mut batch: Vec<Box<dyn Request>>) {
        batch.retain(|request| request.is_wanted());
        if batch.is_empty() {
            return;
        }
        match self.transact(&mut batch) {
            Ok(()) => {
                for request in batch {
                    request.succeed();
                }
            }
            // One operation must not fail the others: each gets a transaction of its own.
            Err(Failure::Request(_)) if batch.len() > 1 => {
                for request in batch {
                    self.run(vec![request]);
                }
            }
            Err(Failure::Sweep(error)) => {
                self.sweep.pause(error.kind());
                self.run(batch);
            }
            Err(Failure::Request(error) | Failure::Transaction(error)) => {
                for request in batch {
                    request.fail(error.clone());
                }
            }
        }
    }

    /// Runs all operations in one transaction, which is committed or has changed nothing.
    fn transact(&mut self, batch: &mut [Box<dyn Request>]) -> Result<(), Failure> {
        let open = self.database.open_file().map_err(Failure::Transaction)?;
        open.set_sweep_failure(self.sweep.failure());
        let outcome = run(open, batch, &*self.clock, &mut self.sweep);
        if outcome.is_err() {
            // Whatever SQLite or the disk think of it now: recovered from the log, it is right.
            self.database.close();
        }
        outcome
    }
}

fn run(
    open: &mut Open,
    batch: &mut [Box<dyn Request>],
    clock: &dyn Clock,
    sweep: &mut Sweep,
) -> Result<(), Failure> {
    let mut swept = Swept::default();
    let mut durability = Durability::Relaxed;
    let mut writes = false;
    for request in batch.iter() {
        if let Access::Write(rows) = request.access() {
            writes = true;
            swept += rows;
            if request.durability() == Durability::Synchronous {
                durability = Durability::Synchronous;
            }
        }
    }
    if writes {
        open.begin_write(durability).map_err(Failure::Transaction)?;
    } else {
        open.begin_read().map_err(Failure::Transaction)?;
    }
    for request in batch.iter_mut() {
        request.run(open, clock.now()).map_err(Failure::Request)?;
    }
    if writes {
        sweep
            .run(open, swept, clock.now())
            .map_err(Failure::Sweep)?;
    }
    open.commit().map_err(Failure::Transaction)
}

#[cfg(test)]
mod tests;
