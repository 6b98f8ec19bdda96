use reissue::Timestamp;
use reissue::store::{Advance, Advanced};

use super::family::Step;
use super::session_table;
use crate::database::Open;
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

impl Verb for Advance {
    type Output = Advanced;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 2,
        one_time_ids: 2,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Advanced, SqliteStoreError> {
        let Self { subject, sid, .. } = *self;
        let connection = open.connection();
        let Some(mut family) = session_table::load(connection, subject, sid, now)? else {
            return Ok(Advanced::Missing);
        };
        let step = family.advance(self, now);
        if let Step::Counted | Step::Moved = step {
            session_table::update(connection, subject, sid, &family)?;
        }
        Ok(match step {
            Step::Again | Step::Moved => Advanced::Done,
            Step::Counted | Step::Unexpected => Advanced::Conflict(family.record(now)),
        })
    }
}
