use reissue::store::transfer::{Imported, OneTimeEntry, SessionEntry};
use tokio::task::JoinSet;

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::record::{END_OF_TIME, PackedRecord, encode};
use crate::reply::{Reply, Status};
use crate::script;
use crate::store::RedisStore;
use crate::verbs::one_time_id;

/// Writes sessions, many at once.
pub(super) async fn sessions(
    store: &RedisStore,
    sessions: Vec<SessionEntry>,
) -> Result<Imported, RedisStoreError> {
    import(sessions, |entry| {
        let store = store.clone();
        async move {
            let record = encode(&PackedRecord::of_entry(&entry));
            let script = &script::IMPORT;
            let inner = store.inner();
            inner
                .execute_on_family(script, entry.subject, &entry.sid, &[&record])
                .await
        }
    })
    .await
}

/// Writes single-use ids, many at once.
pub(super) async fn one_time_ids(
    store: &RedisStore,
    ids: Vec<OneTimeEntry>,
) -> Result<Imported, RedisStoreError> {
    import(ids, |entry| {
        let store = store.clone();
        async move {
            let free = entry.expires_at.as_millis().clamp(1, END_OF_TIME);
            let (free, expiry) = (free.to_string(), (free - 1).to_string());
            let (key, tag) = one_time_id(store.inner(), entry.id);
            let arguments = [free.as_bytes(), expiry.as_bytes()];
            let script = &script::IMPORT_ONE_TIME_ID;
            store.inner().execute(script, &key, tag, &arguments).await
        }
    })
    .await
}

/// Imports entries, so many at once that round trips do not count, and so few that others get
/// through.
async fn import<E, F>(entries: Vec<E>, write: impl Fn(E) -> F) -> Result<Imported, RedisStoreError>
where
    F: Future<Output = Result<Reply, RedisStoreError>> + Send + 'static,
{
    let mut imported = Imported::default();
    let mut entries = entries.into_iter();
    let mut tasks = JoinSet::new();
    for entry in entries.by_ref().take(AT_ONCE) {
        tasks.spawn(write(entry));
    }
    while let Some(reply) = tasks.join_next().await {
        // An error means that the runtime is shutting down.
        let reply =
            reply.map_err(|_| RedisStoreError::new(RedisStoreErrorKind::ConnectionLost))??;
        match reply.status()? {
            Status::Added => imported.added += 1,
            Status::Changed => imported.changed += 1,
            Status::Missing => {}
            Status::Unchanged => imported.unchanged += 1,
            _ => return Err(reply.unexpected()),
        }
        if let Some(entry) = entries.next() {
            tasks.spawn(write(entry));
        }
    }
    Ok(imported)
}

const AT_ONCE: usize = 128;
