use reissue::Timestamp;
use reissue::store::{Replace, Replaced};

use super::session_table;
use crate::database::Open;
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

impl Verb for Replace {
    type Output = Replaced;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 2,
        one_time_ids: 0,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Replaced, SqliteStoreError> {
        let connection = open.connection();
        let Some(mut family) = session_table::load(connection, self.subject, self.sid, now)? else {
            return Ok(Replaced::Missing);
        };
        let Some(replaced) = family.replace(self, now) else {
            return Ok(Replaced::Done);
        };
        if replaced == Replaced::Done {
            session_table::insert(connection, self.subject, self.sid, &family)?;
        }
        Ok(replaced)
    }
}
