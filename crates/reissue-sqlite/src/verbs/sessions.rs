use reissue::store::{Cursor, Page, Record, SubjectKey};
use reissue::{Sid, Timestamp};

use super::session_table;
use crate::database::Open;
use crate::error::SqliteStoreError;
use crate::writer::{Access, Verb};

/// Input of [`Store::load`](reissue::store::Store::load).
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) subject: SubjectKey,
    pub(crate) sid: Sid,
}

/// Input of [`Store::sessions`](reissue::store::Store::sessions).
#[derive(Debug)]
pub(crate) struct Sessions {
    pub(crate) subject: SubjectKey,
    pub(crate) after: Option<[u8; 16]>,
    pub(crate) limit: usize,
}

impl Verb for Load {
    type Output = Option<Record>;

    const ACCESS: Access = Access::Read;

    fn run(&self, open: &Open, now: Timestamp) -> Result<Self::Output, SqliteStoreError> {
        let family = session_table::load(open.connection(), self.subject, self.sid, now)?;
        Ok(family.map(|family| family.record(now)))
    }
}

impl Verb for Sessions {
    type Output = Page;

    const ACCESS: Access = Access::Read;

    fn run(&self, open: &Open, now: Timestamp) -> Result<Page, SqliteStoreError> {
        let mut families: Vec<(Sid, Record)> = Vec::new();
        let connection = open.connection();
        session_table::visit(connection, self.subject, self.after, now, |sid, family| {
            families.push((sid, family.record(now)));
            families.len() < self.limit
        })?;
        let next = match families.last() {
            Some((sid, _)) if families.len() >= self.limit => {
                Some(Cursor::from_bytes(*sid.as_bytes()))
            }
            _ => None,
        };
        Ok(Page { families, next })
    }
}
