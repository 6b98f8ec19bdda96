use reissue::Timestamp;
use reissue::store::transfer::{Imported, OneTimeEntry, SessionEntry};

use super::family::Family;
use super::{one_time_id_table, session_table};
use crate::database::Open;
use crate::error::SqliteStoreError;
use crate::writer::{Access, Swept, Verb};

/// Input of [`import_sessions`](reissue::store::transfer::Transfer::import_sessions).
#[derive(Debug)]
pub(crate) struct ImportSessions(pub(crate) Vec<SessionEntry>);

/// Input of [`import_one_time_ids`](reissue::store::transfer::Transfer::import_one_time_ids).
#[derive(Debug)]
pub(crate) struct ImportOneTimeIds(pub(crate) Vec<OneTimeEntry>);

impl Verb for ImportSessions {
    type Output = Imported;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 8,
        one_time_ids: 2,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Imported, SqliteStoreError> {
        let connection = open.connection();
        let mut imported = Imported::default();
        for entry in self.0.iter().filter(|entry| entry.is_live(now)) {
            let (subject, sid) = (entry.subject, entry.sid);
            let family = session_table::load(connection, subject, sid, now)?;
            match family.map(|family| family.export(subject, sid)) {
                Some(stored) if stored == *entry => {
                    imported.unchanged += 1;
                    continue;
                }
                Some(_) => imported.changed += 1,
                None => imported.added += 1,
            }
            session_table::insert(connection, subject, sid, &Family::import(entry))?;
        }
        Ok(imported)
    }
}

impl Verb for ImportOneTimeIds {
    type Output = Imported;

    const ACCESS: Access = Access::Write(Swept {
        sessions: 2,
        one_time_ids: 8,
    });

    fn run(&self, open: &Open, now: Timestamp) -> Result<Imported, SqliteStoreError> {
        let connection = open.connection();
        let mut imported = Imported::default();
        for entry in self.0.iter().filter(|entry| now < entry.expires_at) {
            match one_time_id_table::load(connection, entry.id, now)? {
                Some(expires_at) if expires_at == entry.expires_at => {
                    imported.unchanged += 1;
                    continue;
                }
                Some(_) => imported.changed += 1,
                None => imported.added += 1,
            }
            one_time_id_table::insert(connection, entry.id, entry.expires_at)?;
        }
        Ok(imported)
    }
}
