//! Everything of one store in another: every kind of store, and sessions in every state.

mod between;
mod cluster;
mod sessions;
mod update;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use reissue::Sid;
use reissue::Timestamp;
use reissue::store::transfer::{SessionEntry, Transfer};
use reissue::store::{OneTimeId, SubjectKey};
use reissue_redis::RedisStore;
use reissue_sqlite::SqliteStore;
use reissue_tests::redis::RedisServer;

use crate::harness::PATIENCE;

/// All that a store holds.
#[derive(Debug, Default, PartialEq)]
struct Content {
    sessions: BTreeMap<(SubjectKey, Sid), SessionEntry>,
    one_time_ids: BTreeMap<OneTimeId, Timestamp>,
}

/// Reads a store in pages of that size.
async fn content(store: &impl Transfer, limit: usize) -> Content {
    let mut content = Content::default();
    let mut cursor = None;
    loop {
        let page = store.export(cursor, limit).await.expect("it serves");
        let sessions = page.sessions.into_iter();
        content
            .sessions
            .extend(sessions.map(|entry| ((entry.subject, entry.sid), entry)));
        let ids = page.one_time_ids.into_iter();
        content
            .one_time_ids
            .extend(ids.map(|entry| (entry.id, entry.expires_at)));
        cursor = page.next;
        if cursor.is_none() {
            return content;
        }
    }
}

fn sqlite(folder: &Path) -> SqliteStore {
    let builder = SqliteStore::builder(folder.join("sessions.db"));
    builder
        .with_response_timeout(PATIENCE)
        .build()
        .expect("the folder is ours")
}

/// A store with keys of its own.
fn redis(server: &RedisServer) -> RedisStore {
    static STORES: AtomicU32 = AtomicU32::new(0);
    // Characters of a pattern, which must not be taken for one.
    let prefix = format!("[it*{}]:", STORES.fetch_add(1, Ordering::Relaxed));
    let builder = RedisStore::builder(server.url()).with_prefix(prefix);
    builder
        .with_response_timeout(PATIENCE)
        .with_connect_timeout(PATIENCE)
        .build()
        .expect("the configuration is good")
}
