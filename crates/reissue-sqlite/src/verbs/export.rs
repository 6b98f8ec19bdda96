use reissue::Timestamp;
use reissue::store::transfer::{ExportPage, Position};

use super::{one_time_id_table, session_table};
use crate::database::Open;
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
                let rows = session_table::page(connection, after, limit)?;
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
                let mut ids = one_time_id_table::page(connection, after, limit)?;
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

/// Takes a few milliseconds.
const LARGEST_PAGE: usize = 1_000;
