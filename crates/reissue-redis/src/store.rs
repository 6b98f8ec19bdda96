use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, SubjectKey, WhenFull,
};
use reissue::{Sid, Timestamp};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::record::{self, END_OF_TIME};
use crate::reply::{Reply, Status};
use crate::script::{self, Tag};
use crate::shared::{Settings, Shared};
use crate::transport::Dialer;

/// Keeps sessions in Redis 7.0 or newer, or in Valkey: on one server, behind Sentinel, or in a Cluster.
///
/// Clones share one connection. Several processes, and several stores in one process, may use the same sessions: nothing is
/// kept but what the servers hold. All times are the server's.
///
/// Needs a tokio runtime with I/O and time enabled, in which its methods are awaited. The connection belongs to the
/// runtime that it was made in; when that is gone, the next operation makes another.
///
/// # Errors
///
/// Every method answers within the response time-out, or fails with a [`StoreError`] whose source is a [`RedisStoreError`].
///
/// # Cancel safety
///
/// A command that was sent is carried out, whether or not somebody waits for the reply; one that was not sent has no
/// effect. Each command is one script, which Redis carries out whole.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use reissue::store::Store;
/// use reissue_redis::RedisStore;
///
/// let store = RedisStore::builder("redis://localhost:6379").build()?;
/// for finding in store.ready().await? {
///     eprintln!("{}: {}", finding.code, finding.detail);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisStore {
    shared: Arc<Shared>,
}

impl RedisStore {
    pub(crate) fn new(dialer: Dialer, concurrency: usize, settings: Settings) -> Self {
        let shared = Arc::new(Shared::new(dialer, concurrency, settings));
        Self { shared }
    }

    /// The key of a single-use id, and a tag for a request about it.
    fn one_time_id(&self, id: OneTimeId) -> (Vec<u8>, Tag) {
        let mut about = [0; 16];
        about.copy_from_slice(&id.as_bytes()[..16]);
        let tag = Tag::new(&about, &self.shared.attempt());
        (self.shared.key("c:", id.as_bytes()), tag)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("settings", self.shared.settings())
            .finish_non_exhaustive()
    }
}

impl Store for RedisStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let idle = record::idle(create.idle.map(millis));
        let expires_at = create.expires_at.map(Timestamp::as_millis);
        let expires_at = expires_at.filter(|at| *at < END_OF_TIME);
        let expires_at = expires_at.map(|at| at.to_string()).unwrap_or_default();
        let (max, when_full) = match create.limit {
            None => (String::new(), ""),
            Some(limit) => {
                let when_full = match limit.when_full {
                    WhenFull::EvictOldest => "evict",
                    WhenFull::Refuse => "refuse",
                };
                (limit.max.max(1).to_string(), when_full)
            }
        };
        let arguments: [&[u8]; 5] = [
            &idle,
            expires_at.as_bytes(),
            &create.details,
            max.as_bytes(),
            when_full.as_bytes(),
        ];
        let reply = self
            .shared
            .family(&script::CREATE, create.subject, &create.sid, &arguments)
            .await?;
        match reply.status()? {
            Status::Done => Ok(Created::Done {
                evicted: sids(&reply.bytes()?)?,
            }),
            Status::Full => Ok(Created::Full),
            _ => Err(unexpected(reply)),
        }
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        let tag = Tag::new(advance.sid.as_bytes(), advance.attempt.as_bytes());
        // One argument for two. To a client that is not authenticated a server reads ten at most, and says something else
        // than NOAUTH to more.
        let mut history = vec![record::skipped(advance.from, advance.to)];
        history.extend(millis(advance.history).min(END_OF_TIME).to_string().bytes());
        let arguments: [&[u8]; 5] = [
            &record::varint(advance.from),
            &record::varint(advance.to),
            record::revision(&advance.revision),
            &record::idle(advance.idle.map(millis)),
            &history,
        ];
        let key = self.shared.subject(advance.subject);
        let reply = self
            .shared
            .execute(&script::ADVANCE, &key, tag, &arguments)
            .await?;
        match reply.status()? {
            Status::Done => Ok(Advanced::Done),
            Status::Missing => Ok(Advanced::Missing),
            Status::Record => Ok(Advanced::Conflict(read(reply)?)),
            _ => Err(unexpected(reply)),
        }
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        let arguments: [&[u8]; 3] = [
            record::revision(&replace.revision),
            record::revision(&replace.next),
            &replace.details,
        ];
        let reply = self
            .shared
            .family(&script::REPLACE, replace.subject, &replace.sid, &arguments)
            .await?;
        match reply.status()? {
            Status::Done => Ok(Replaced::Done),
            Status::Missing => Ok(Replaced::Missing),
            Status::Record => Ok(Replaced::Conflict(read(reply)?)),
            _ => Err(unexpected(reply)),
        }
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        let reply = self
            .shared
            .family(&script::LOAD, subject, &sid, &[])
            .await?;
        match reply.status()? {
            Status::Missing => Ok(None),
            Status::Record => {
                let now = reply.now;
                let packed = reply.record()?;
                Ok(packed.is_live(now).then(|| packed.into_record(now)))
            }
            _ => Err(unexpected(reply)),
        }
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let cursor = cursor.map_or(0, |Cursor([a, b, c, d, e, f, g, h, ..])| {
            u64::from_be_bytes([a, b, c, d, e, f, g, h])
        });
        let limit = limit.clamp(1, LARGEST_PAGE);
        let (cursor, limit) = (cursor.to_string(), limit.to_string());
        let arguments: [&[u8]; 2] = [cursor.as_bytes(), limit.as_bytes()];
        let tag = Tag::new(subject.as_bytes(), &self.shared.attempt());
        let key = self.shared.subject(subject);
        let reply = self
            .shared
            .execute(&script::SESSIONS, &key, tag, &arguments)
            .await?;
        let now = reply.now;
        let (next, families) = reply.page()?;
        Ok(Page {
            families: families
                .into_iter()
                .filter(|(_, packed)| packed.is_live(now))
                .map(|(sid, packed)| (sid, packed.into_record(now)))
                .collect(),
            next: (next != 0).then(|| {
                let mut cursor = [0; 16];
                cursor[..8].copy_from_slice(&next.to_be_bytes());
                Cursor(cursor)
            }),
        })
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        let (about, which) = match &revoke {
            Revoke::All => (subject.as_bytes(), "all"),
            Revoke::AllBut(sid) => (sid.as_bytes(), "all-but"),
            Revoke::One(sid) => (sid.as_bytes(), "one"),
        };
        let key = self.shared.subject(subject);
        let tag = Tag::new(about, &self.shared.attempt());
        let reply = self
            .shared
            .revoke(&script::REVOKE, &key, tag, which.as_bytes())
            .await?;
        match reply.status()? {
            Status::Done => Ok(reply.count()?),
            _ => Err(unexpected(reply)),
        }
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        let (key, tag) = self.one_time_id(consume.id);
        let millis = millis(consume.lifetime).min(END_OF_TIME).to_string();
        let reply = if consume.is_revocation {
            self.shared
                .revoke(&script::CONSUME, &key, tag, millis.as_bytes())
                .await?
        } else {
            self.shared
                .execute(&script::CONSUME, &key, tag, &[millis.as_bytes()])
                .await?
        };
        match reply.status()? {
            Status::Already => Ok(Consumed::Already),
            Status::Done => Ok(Consumed::First),
            _ => Err(unexpected(reply)),
        }
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        let (key, tag) = self.one_time_id(id);
        let reply = self
            .shared
            .execute(&script::IS_CONSUMED, &key, tag, &[])
            .await?;
        match reply.status()? {
            Status::Already => Ok(true),
            Status::Missing => Ok(false),
            _ => Err(unexpected(reply)),
        }
    }

    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        Ok(self.shared.ready().await?)
    }
}

fn read(reply: Reply) -> Result<Record, RedisStoreError> {
    let now = reply.now;
    Ok(reply.record()?.into_record(now))
}

/// Why a reply that is no answer to the question came: a record that cannot be read, usually.
fn unexpected(reply: Reply) -> StoreError {
    let unexpected = RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply);
    match reply.status() {
        Ok(Status::Record) => reply.record().err().unwrap_or(unexpected).into(),
        _ => unexpected.into(),
    }
}

fn sids(bytes: &[u8]) -> Result<Vec<Sid>, RedisStoreError> {
    let (sids, rest) = bytes.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply));
    }
    Ok(sids.iter().copied().map(Sid::from_bytes).collect())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// So that one page does not hold up the server.
const LARGEST_PAGE: usize = 1_000;
