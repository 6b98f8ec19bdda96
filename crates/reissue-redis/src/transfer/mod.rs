//! Export and import.
//!
//! An export goes through the keys of each master with `SCAN`, and reads a few subjects at a time,
//! each with the script that lists sessions. While slots move from one node to another, keys may be
//! missed.

mod cursor;
mod export;
mod import;

use reissue::store::StoreError;
use reissue::store::transfer::{
    ExportCursor, ExportPage, Imported, OneTimeEntry, SessionEntry, Transfer,
};

use crate::store::RedisStore;

impl Transfer for RedisStore {
    async fn export(
        &self,
        cursor: Option<ExportCursor>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        export::export(self, cursor, limit).await
    }

    async fn import_sessions(&self, sessions: Vec<SessionEntry>) -> Result<Imported, StoreError> {
        Ok(import::sessions(self, sessions).await?)
    }

    async fn import_one_time_ids(&self, ids: Vec<OneTimeEntry>) -> Result<Imported, StoreError> {
        Ok(import::one_time_ids(self, ids).await?)
    }
}
