//! The move to another store, and from one.

use super::shards::Shards;
use super::shared::{Shard, Shared};
use super::store::MemoryStore;
use crate::store::transfer::{
    ExportCursor, ExportPage, Imported, OneTimeEntry, Position, SessionEntry, Transfer,
};
use crate::store::{OneTimeId, Sid, StoreError, StoreErrorKind, SubjectKey};

impl Transfer for MemoryStore {
    async fn export(
        &self,
        cursor: Option<ExportCursor>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        let position = Position::of(cursor.as_ref());
        let mut page = ExportPage {
            now: self.shared.now(),
            sessions: Vec::new(),
            one_time_ids: Vec::new(),
            next: None,
        };
        let limit = limit.max(1);
        match position.ok_or(StoreError::new(StoreErrorKind::Corrupt))? {
            Position::Sessions(after) => self.shared.export_sessions(after, limit, &mut page),
            Position::OneTimeIds(after) => self.shared.export_ids(after, limit, &mut page),
        }
        Ok(page)
    }

    async fn import_sessions(&self, sessions: Vec<SessionEntry>) -> Result<Imported, StoreError> {
        let mut imported = Imported::default();
        for entry in &sessions {
            self.shared.write(entry.subject.as_bytes(), |shard, now| {
                shard.families.import(entry, now, &mut imported);
            });
        }
        Ok(imported)
    }

    async fn import_one_time_ids(&self, ids: Vec<OneTimeEntry>) -> Result<Imported, StoreError> {
        let mut imported = Imported::default();
        for entry in &ids {
            self.shared.write(entry.id.as_bytes(), |shard, now| {
                shard.one_time_ids.import(entry, now, &mut imported);
            });
        }
        Ok(imported)
    }
}

/// Goes through the shards, and in each of them in the order of keys.
impl Shared {
    fn export_sessions(
        &self,
        mut after: Option<(SubjectKey, Sid)>,
        limit: usize,
        page: &mut ExportPage,
    ) {
        let first = after.map_or(0, |(subject, _)| subject.as_bytes()[0]);
        for key in Shards::<Shard>::keys_from(first) {
            let after = after.take();
            self.read(&[key], |shard, now| {
                let families = &shard.families;
                families.export(after, limit, now, &mut page.sessions);
            });
            if let Some(last) = page
                .sessions
                .last()
                .filter(|_| page.sessions.len() == limit)
            {
                let position = Position::Sessions(Some((last.subject, last.sid)));
                page.next = Some(position.to_cursor());
                return;
            }
        }
        page.next = Some(Position::OneTimeIds(None).to_cursor());
    }

    fn export_ids(&self, mut after: Option<OneTimeId>, limit: usize, page: &mut ExportPage) {
        let first = after.map_or(0, |id| id.as_bytes()[0]);
        for key in Shards::<Shard>::keys_from(first) {
            let after = after.take();
            self.read(&[key], |shard, now| {
                let ids = &shard.one_time_ids;
                ids.export(after, limit, now, &mut page.one_time_ids);
            });
            let is_full = page.one_time_ids.len() == limit;
            if let Some(last) = page.one_time_ids.last().filter(|_| is_full) {
                page.next = Some(Position::OneTimeIds(Some(last.id)).to_cursor());
                return;
            }
        }
    }
}
