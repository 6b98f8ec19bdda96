use reissue::Timestamp;
use reissue::store::OneTimeId;
use reissue::store::transfer::{ExportPage, OneTimeEntry, Position};
use rusqlite::{Connection, params};

use super::table;
use crate::database::{Open, timestamp};
use crate::error::SqliteStoreError;
use crate::writer::{Access, Verb};

/// Input of [`Transfer::export`](reissue::store::transfer::Transfer::export).
#[derive(Debug)]
pub(crate) struct Export {
    pub(crate) position: Position,
    pub(crate) limit: usize,
}

impl Verb for Export {
    type Output = ExportPage;

    const ACCESS: Access = Access::Read;

    /// Expired rows count as well, so that a page never takes long.
    fn run(&self, open: &Open, now: Timestamp) -> Result<ExportPage, SqliteStoreError> {
        let connection = open.connection();
        let limit = u32::try_from(self.limit.clamp(1, LARGEST_PAGE)).unwrap_or(u32::MAX);
        let mut page = ExportPage {
            now,
            sessions: Vec::new(),
            one_time_ids: Vec::new(),
            next: None,
        };
        match self.position {
            Position::Sessions(after) => {
                let rows = table::page(connection, after, limit)?;
                let next = match rows.last() {
                    Some((subject, sid, _)) if rows.len() >= limit as usize => {
                        Position::Sessions(Some((*subject, *sid)))
                    }
                    _ => Position::OneTimeIds(None),
                };
                page.next = Some(next.to_cursor());
                page.sessions = rows
                    .into_iter()
                    .filter(|(_, _, family)| family.is_live(now))
                    .map(|(subject, sid, family)| family.export(subject, sid))
                    .collect();
            }
            Position::OneTimeIds(after) => {
                let mut ids = one_time_ids(connection, after, limit)?;
                if let Some(last) = ids.last().filter(|_| ids.len() >= limit as usize) {
                    page.next = Some(Position::OneTimeIds(Some(last.id)).to_cursor());
                }
                ids.retain(|entry| now < entry.expires_at);
                page.one_time_ids = ids;
            }
        }
        Ok(page)
    }
}

fn one_time_ids(
    connection: &Connection,
    after: Option<OneTimeId>,
    limit: u32,
) -> Result<Vec<OneTimeEntry>, SqliteStoreError> {
    // Nothing is before all ids.
    let after: &[u8] = after.as_ref().map_or(&[], |id| id.as_bytes());
    connection
        .prepare_cached("select id, expires_at from one_time_id where id > ?1 order by id limit ?2")
        .and_then(|mut statement| {
            statement
                .query_map(params![after, limit], |row| {
                    Ok(OneTimeEntry {
                        id: OneTimeId::from_bytes(row.get(0)?),
                        expires_at: timestamp(row, 1)?.unwrap_or_default(),
                    })
                })
                .and_then(Iterator::collect)
        })
        .map_err(SqliteStoreError::of)
}

/// Takes a few milliseconds.
const LARGEST_PAGE: usize = 1_000;
