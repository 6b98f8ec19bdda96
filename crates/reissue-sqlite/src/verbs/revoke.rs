use reissue::Timestamp;
use reissue::store::{Revoke, SubjectKey};
use rusqlite::params;

use super::session_table;
use crate::database::Open;
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

/// Input of [`Store::revoke`](reissue::store::Store::revoke).
#[derive(Debug)]
pub(crate) struct RevokeFamilies {
    pub(crate) subject: SubjectKey,
    pub(crate) revoke: Revoke,
}

impl Verb for RevokeFamilies {
    type Output = u64;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 2,
        one_time_ids: 0,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<u64, SqliteStoreError> {
        let connection = open.connection();
        // No session has this name: names are 16 bytes.
        let nothing: &[u8] = &[];
        let kept = match &self.revoke {
            Revoke::One(sid) => {
                let is_live = session_table::load(connection, self.subject, *sid, now)?.is_some();
                session_table::delete(connection, self.subject, *sid)?;
                return Ok(u64::from(is_live));
            }
            Revoke::All => nothing,
            Revoke::AllBut(sid) => sid.as_bytes(),
        };
        connection
            .prepare_cached("delete from session where subject = ?1 and sid <> ?2")
            .and_then(|mut statement| statement.execute(params![self.subject.as_bytes(), kept]))
            .map(|count| count as u64)
            .map_err(SqliteStoreError::of)
    }
}
