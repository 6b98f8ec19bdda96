use reissue::Timestamp;

use crate::database::Open;
use crate::error::SqliteStoreError;

/// One operation of the store, as the writer thread runs it.
pub(crate) trait Verb: Send + 'static {
    /// What it returns.
    type Output: Send + 'static;

    /// What it does to the database.
    const ACCESS: Access;

    /// Runs it within the transaction that is open. An error undoes all that it has written.
    fn run(&self, open: &Open, now: Timestamp) -> Result<Self::Output, SqliteStoreError>;
}

/// What an operation does to the database.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access {
    Read,
    /// Writes, and has that many rows looked at for expiry.
    Write(Swept),
}

/// How many rows are looked at for expiry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Swept {
    pub(crate) sessions: u32,
    pub(crate) one_time_ids: u32,
}

impl std::ops::AddAssign for Swept {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.one_time_ids += other.one_time_ids;
    }
}
