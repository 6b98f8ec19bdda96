use redis::Cmd;
use reissue::Timestamp;
use reissue::store::transfer::{ExportCursor, ExportPage, OneTimeEntry, SessionEntry};
use reissue::store::{OneTimeId, StoreError, StoreErrorKind, SubjectKey};
use tokio::task::JoinSet;

use super::cursor::Progress;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::inner::Inner;
use crate::keys::{self, About};
use crate::node::Node;
use crate::reply::{self, Status};
use crate::script;
use crate::store::RedisStore;
use crate::tag::Tag;
use crate::verbs::one_time_id;

/// Reads a page.
pub(super) async fn export(
    store: &RedisStore,
    cursor: Option<ExportCursor>,
    limit: usize,
) -> Result<ExportPage, StoreError> {
    let inner = store.inner();
    let nodes = nodes(inner).await?;
    let mut progress = match cursor {
        None => Progress::start(nodes.first().cloned().flatten()),
        Some(cursor) => Progress::of(&cursor).ok_or(StoreError::new(StoreErrorKind::Corrupt))?,
    };
    let at = nodes.iter().position(|node| *node == progress.node);
    // The keys of a node that is gone are on others, of which some were read already.
    let at = at.ok_or(RedisStoreError::new(RedisStoreErrorKind::ClusterDown))?;

    if let (true, Some(next)) = (progress.found.is_empty(), progress.next_keys) {
        let (next, found) = scan(inner, progress.node.as_ref(), next, limit).await?;
        progress.next_keys = (next != 0).then_some(next);
        progress.found = found.into_iter().map(|about| (about, 0)).collect();
    }
    let mut page = ExportPage {
        now: Timestamp::default(),
        sessions: Vec::new(),
        one_time_ids: Vec::new(),
        next: None,
    };
    let rest = progress
        .found
        .split_off(progress.found.len().min(limit.clamp(1, AT_ONCE)));
    let found = std::mem::replace(&mut progress.found, rest);
    read(store, found, &mut page, &mut progress).await?;
    if page.now == Timestamp::default() {
        let response = inner
            .query(progress.node.as_ref(), &redis::cmd("TIME"))
            .await?;
        page.now = reply::time(response)?;
    }
    let is_done = progress.found.is_empty() && progress.next_keys.is_none();
    page.next = match nodes.get(at + 1) {
        _ if !is_done => Some(progress.to_cursor()),
        Some(node) => Some(Progress::start(node.clone()).to_cursor()),
        None => None,
    };
    Ok(page)
}

/// Returns the masters of a cluster, or `None` for the only server.
async fn nodes(inner: &Inner) -> Result<Vec<Option<Node>>, RedisStoreError> {
    let connection = inner.connection().await?;
    Ok(match connection.masters().await? {
        Some(masters) => masters.nodes().into_iter().map(Some).collect(),
        None => vec![None],
    })
}

async fn scan(
    inner: &Inner,
    node: Option<&Node>,
    cursor: u64,
    limit: usize,
) -> Result<(u64, Vec<About>), RedisStoreError> {
    let prefix = &inner.settings().prefix;
    let mut cmd = Cmd::new();
    cmd.arg("SCAN").arg(cursor);
    cmd.arg("MATCH").arg(keys::pattern(prefix));
    cmd.arg("COUNT").arg(limit.clamp(10, MOST_SCANNED));
    let (next, found) = reply::keys(inner.query(node, &cmd).await?)?;
    let found = found.iter().filter_map(|key| keys::about(prefix, key));
    Ok((next, found.collect()))
}

/// Reads what was found, all at once. What a subject has beyond a first part is left for later.
async fn read(
    store: &RedisStore,
    found: Vec<(About, u64)>,
    page: &mut ExportPage,
    progress: &mut Progress,
) -> Result<(), RedisStoreError> {
    let mut tasks = JoinSet::new();
    for (about, cursor) in found {
        let store = store.clone();
        tasks.spawn(async move {
            let inner = store.inner();
            match about {
                About::OneTimeId(id) => expiry(inner, id).await,
                About::Subject(subject) => sessions(inner, subject, cursor).await,
            }
        });
    }
    while let Some(part) = tasks.join_next().await {
        // An error means that the runtime is shutting down.
        let part =
            part.map_err(|_| RedisStoreError::new(RedisStoreErrorKind::ConnectionLost))??;
        page.now = page.now.max(part.now);
        page.sessions.extend(part.sessions);
        page.one_time_ids.extend(part.one_time_id);
        progress.found.extend(part.rest);
    }
    Ok(())
}

/// What a key has.
struct Part {
    now: Timestamp,
    sessions: Vec<SessionEntry>,
    one_time_id: Option<OneTimeEntry>,
    rest: Option<(About, u64)>,
}

async fn expiry(inner: &Inner, id: OneTimeId) -> Result<Part, RedisStoreError> {
    let (key, tag) = one_time_id(inner, id);
    let reply = inner.execute(&script::EXPIRY, &key, tag, &[]).await?;
    let now = reply.now();
    let one_time_id = match reply.status()? {
        Status::Already => Some(OneTimeEntry {
            id,
            expires_at: Timestamp::from_millis(reply.count()?),
        }),
        Status::Missing => None,
        _ => return Err(reply.unexpected()),
    };
    Ok(Part {
        now,
        sessions: Vec::new(),
        one_time_id,
        rest: None,
    })
}

async fn sessions(
    inner: &Inner,
    subject: SubjectKey,
    cursor: u64,
) -> Result<Part, RedisStoreError> {
    let key = inner.subject_key(subject);
    let tag = Tag::new(subject.as_bytes(), &inner.attempt());
    let cursor = cursor.to_string();
    let arguments: [&[u8]; 2] = [cursor.as_bytes(), SESSIONS_OF_A_SUBJECT];
    let reply = inner
        .execute(&script::SESSIONS, &key, tag, &arguments)
        .await?;
    let now = reply.now();
    let (next, families) = reply.packed_page()?;
    let entry = |(sid, packed): (_, crate::record::PackedRecord)| packed.into_entry(subject, sid);
    Ok(Part {
        now,
        sessions: families.into_iter().map(entry).collect(),
        one_time_id: None,
        rest: (next != 0).then_some((About::Subject(subject), next)),
    })
}

/// How many keys are read at the same time.
const AT_ONCE: usize = 128;

/// About as many as a small hash returns, whatever was asked for.
const SESSIONS_OF_A_SUBJECT: &[u8] = b"64";

/// Keeps one command from holding up the server.
const MOST_SCANNED: usize = 1_000;
