use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_postgres::Error;

use crate::connection::Connection;
use crate::parameter::Parameter;
use crate::statement::Statement;

/// Removes what has expired, a chunk with every so many writes.
///
/// It goes through the sessions and the ids in the order of their keys, round and round. No index
/// names what expires next: it would change with every refresh.
pub(crate) struct Sweeper {
    writes: AtomicU64,
    position: Mutex<Position>,
}

/// The last keys that were looked at.
#[derive(Clone)]
struct Position {
    subject: Vec<u8>,
    sid: Vec<u8>,
    id: Vec<u8>,
}

impl Sweeper {
    /// Returns a sweeper that begins anywhere, so that those of several processes, or of one that
    /// is restarted often, do not all go through the same keys.
    pub(crate) fn new() -> Self {
        let somewhere = RandomState::new().hash_one(0).to_be_bytes();
        Self {
            writes: AtomicU64::new(0),
            position: Mutex::new(Position {
                subject: somewhere.to_vec(),
                sid: Vec::new(),
                id: somewhere.to_vec(),
            }),
        }
    }

    /// Counts one more write, and returns whether a sweep is due after it.
    pub(crate) fn is_due(&self) -> bool {
        self.writes.fetch_add(1, Ordering::Relaxed) % WRITES_PER_SWEEP == WRITES_PER_SWEEP - 1
    }

    /// Sweeps the next chunk. Two tasks at once sweep the same, which does no harm.
    pub(crate) async fn sweep(&self, connection: &mut Connection, statement: &Statement) {
        let position = self.position().clone();
        // Whatever fails is tried again with the next chunk; operations report what is wrong.
        if let Ok(next) = chunk(connection, statement, &position).await {
            *self.position() = next;
        }
    }

    fn position(&self) -> MutexGuard<'_, Position> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn chunk(
    connection: &mut Connection,
    statement: &Statement,
    from: &Position,
) -> Result<Position, Error> {
    let parameters = [
        Parameter::from(&from.subject[..]),
        Parameter::from(&from.sid[..]),
        Parameter::from(&from.id[..]),
        Parameter::from(CHUNK),
    ];
    let rows = connection.query(statement, &parameters, false).await?;
    let mut next = from.clone();
    if let Some(row) = rows.first() {
        // Nothing stands for the end; then the next chunk is the first.
        let key = |index| row.try_get::<_, Option<Vec<u8>>>(index);
        next.subject = key(0)?.unwrap_or_default();
        next.sid = key(1)?.unwrap_or_default();
        next.id = key(2)?.unwrap_or_default();
    }
    Ok(next)
}

const WRITES_PER_SWEEP: u64 = 64;

/// Four times as many as were written since the last chunk, so that what has expired is found, in
/// the end, faster than it comes.
const CHUNK: i64 = 256;
