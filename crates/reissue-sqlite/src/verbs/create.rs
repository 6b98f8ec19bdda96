use reissue::store::{Create, Created, SessionLimit, WhenFull};
use reissue::{Sid, Timestamp};

use super::family::Family;
use super::session_table;
use crate::database::Open;
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

impl Verb for Create {
    type Output = Created;

    /// More than a creation adds, so that what has expired stays a small part of the table.
    const ACCESS: Access = Access::Write(Swept {
        sessions: 8,
        one_time_ids: 2,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Created, SqliteStoreError> {
        let connection = open.connection();
        let mut evicted = Vec::new();
        if session_table::load(connection, self.subject, self.sid, now)?.is_some() {
            return Ok(Created::Done { evicted });
        }
        if let Some(limit) = self.limit {
            let surplus = self.surplus(open, limit, now)?;
            if limit.when_full == WhenFull::Refuse && !surplus.is_empty() {
                return Ok(Created::Full);
            }
            evicted = surplus;
        }
        for sid in &evicted {
            session_table::delete(connection, self.subject, *sid)?;
        }
        session_table::insert(connection, self.subject, self.sid, &Family::new(self, now))?;
        Ok(Created::Done { evicted })
    }
}

/// The part of [`Verb::run`] that counts.
trait Limited {
    /// Returns the sessions that have to go for one more, those first that were not refreshed for
    /// the longest time.
    fn surplus(
        &self,
        open: &Open,
        limit: SessionLimit,
        now: Timestamp,
    ) -> Result<Vec<Sid>, SqliteStoreError>;
}

impl Limited for Create {
    fn surplus(
        &self,
        open: &Open,
        limit: SessionLimit,
        now: Timestamp,
    ) -> Result<Vec<Sid>, SqliteStoreError> {
        let room = usize::try_from(limit.max.max(1) - 1).unwrap_or(usize::MAX);
        let most = room.saturating_add(LARGEST_SURPLUS);
        let mut by_age: Vec<(Timestamp, Sid)> = Vec::new();
        session_table::visit(open.connection(), self.subject, None, now, |sid, family| {
            by_age.push((family.rotated_at, sid));
            by_age.len() < most
        })?;
        by_age.sort_unstable();
        by_age.truncate(by_age.len().saturating_sub(room));
        Ok(by_age.into_iter().map(|(_, sid)| sid).collect())
    }
}

/// More are removed by the creations that follow, so that none holds up the others.
const LARGEST_SURPLUS: usize = 1_024;
