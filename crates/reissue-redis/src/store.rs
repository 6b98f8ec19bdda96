use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::Sid;
use reissue::store::{
    Advance, Advanced, ClaimId, Claimed, Create, Created, Cursor, Finding, Page, Record, Replace,
    Replaced, Revoke, Store, StoreError, SubjectKey, WhenFull,
};
use tokio::time::{Instant, timeout_at};

use crate::builder::RedisStoreBuilder;
use crate::call::{Call, Caller};
use crate::connection::{Dialer, Gate, Keeper, Pass};
use crate::durability::{Durability, Revoker};
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::ready::{Expectations, Inspection, findings};
use crate::record::{self, END_OF_TIME};
use crate::reply::{Reply, Status};
use crate::script::{self, Script, Tag};

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
/// let store = RedisStore::connect("redis://localhost:6379").build()?;
/// for finding in store.ready().await? {
///     eprintln!("{}: {}", finding.code, finding.detail);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisStore {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    gate: Gate,
    caller: Caller,
    revoker: Option<Revoker>,
    response_timeout: Duration,
    attempts: AtomicU64,
}

/// What is configured apart from the connection.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) prefix: String,
    pub(crate) durability: Option<Durability>,
    pub(crate) max_clock_skew: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "reissue:".to_owned(),
            durability: None,
            max_clock_skew: Duration::from_secs(2),
        }
    }
}

impl RedisStore {
    /// A store on what `url` names, to be configured and then [built](RedisStoreBuilder::build).
    ///
    /// | URL | what is there |
    /// | --- | --- |
    /// | `redis://host:port/database` | one server |
    /// | `redis-sentinel://host:port,host:port/master/database` | the server that these sentinels call the master |
    /// | `redis-cluster://host:port,host:port` | the cluster that these nodes belong to |
    ///
    /// With `rediss` instead of `redis`, by TLS. Ports are 6379, or 26379 for sentinels, and the database is 0, unless said
    /// otherwise. `user:password@` may stand before the hosts, percent-encoded; it is never logged.
    ///
    /// ```
    /// use reissue_redis::RedisStore;
    ///
    /// let store = RedisStore::connect("redis-sentinel://10.0.0.1,10.0.0.2,10.0.0.3/main")
    ///     .with_password("sesame")
    ///     .build();
    /// assert!(store.is_ok());
    /// ```
    pub fn connect(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url.into())
    }

    pub(crate) fn new(dialer: Dialer, concurrency: usize, settings: Settings) -> Self {
        let response_timeout = dialer.options.response_timeout;
        // A little less than two time-outs, so that the second in a row is enough.
        let silence = response_timeout.mul_f64(1.9);
        let revoker = settings.durability;
        let revoker = revoker.map(|durability| Revoker::new(durability, dialer.clone(), silence));
        let caller = Caller {
            keeper: Keeper::new(dialer),
            silence,
        };
        Self {
            shared: Arc::new(Shared {
                settings,
                gate: Gate::new(concurrency),
                caller,
                revoker,
                response_timeout,
                attempts: AtomicU64::new(RandomState::new().hash_one(0)),
            }),
        }
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("settings", &self.shared.settings)
            .finish_non_exhaustive()
    }
}

impl Store for RedisStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let idle = record::idle(create.idle.map(millis));
        let expires_at = create.expires_at.map(|at| at.as_millis());
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
        let arguments: [&[u8]; 4] = [
            &record::varint(advance.from),
            &record::varint(advance.to),
            &record::revision(advance.revision),
            &record::idle(advance.idle.map(millis)),
        ];
        let key = self.subject(advance.subject);
        let reply = self.call(&script::ADVANCE, &key, tag, &arguments).await?;
        match reply.status()? {
            Status::Done => Ok(Advanced::Done),
            Status::Missing => Ok(Advanced::Missing),
            Status::Record => Ok(Advanced::Conflict(read(reply)?)),
            _ => Err(unexpected(reply)),
        }
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        let arguments: [&[u8]; 3] = [
            &record::revision(replace.revision),
            &record::revision(replace.revision.saturating_add(1)),
            &replace.details,
        ];
        let reply = self
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
        let reply = self.family(&script::LOAD, subject, &sid, &[]).await?;
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
        let tag = Tag::new(subject.as_bytes(), &self.attempt());
        let key = self.subject(subject);
        let reply = self.call(&script::SESSIONS, &key, tag, &arguments).await?;
        let now = reply.now;
        let (next, families) = reply.page()?;
        Ok(Page {
            families: families
                .into_iter()
                .filter(|(_, packed)| packed.is_live(now))
                .map(|(sid, packed)| (Sid::from_bytes(sid), packed.into_record(now)))
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
        let must_write = if self.shared.revoker.is_some() {
            "1"
        } else {
            ""
        };
        let key = self.subject(subject);
        let call = Call {
            script: &script::REVOKE,
            key: &key,
            tag: Tag::new(about, &self.attempt()),
            arguments: &[which.as_bytes(), must_write.as_bytes()],
        };
        let (deadline, _pass) = self.enter().await?;
        let caller = &self.shared.caller;
        let reply = match &self.shared.revoker {
            Some(revoker) => revoker.revoke(caller, &call, deadline).await?,
            None => caller.call(&call, deadline).await?.0,
        };
        match reply.status()? {
            Status::Done => Ok(reply.count()?),
            _ => Err(unexpected(reply)),
        }
    }

    async fn claim(&self, id: ClaimId, ttl: Duration) -> Result<Claimed, StoreError> {
        let mut about = [0; 16];
        about.copy_from_slice(&id.as_bytes()[..16]);
        let tag = Tag::new(&about, &self.attempt());
        let millis = millis(ttl).min(END_OF_TIME).to_string();
        let key = self.key("c:", id.as_bytes());
        let reply = self
            .call(&script::CLAIM, &key, tag, &[millis.as_bytes()])
            .await?;
        match reply.status()? {
            Status::Already => Ok(Claimed::Already),
            Status::Done => Ok(Claimed::First),
            _ => Err(unexpected(reply)),
        }
    }

    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        let mut inspected = Vec::new();
        if let Err(error) = self.probe().await {
            if error.kind() != RedisStoreErrorKind::NoPerm {
                return Err(error.into());
            }
        }
        let deadline = Instant::now() + self.shared.response_timeout;
        match timeout_at(deadline, self.inspect(&mut inspected)).await {
            Ok(outcome) => outcome?,
            Err(_) => return Err(RedisStoreError::new(RedisStoreErrorKind::Timeout).into()),
        }
        let settings = &self.shared.settings;
        let expectations = Expectations {
            max_clock_skew: settings.max_clock_skew,
            durability: settings.durability,
        };
        Ok(inspected
            .iter()
            .flat_map(|inspection| findings(inspection, &expectations))
            .collect())
    }
}

impl RedisStore {
    /// Carries out a script on one family.
    async fn family(
        &self,
        script: &Script,
        subject: SubjectKey,
        sid: &Sid,
        arguments: &[&[u8]],
    ) -> Result<Reply, RedisStoreError> {
        let tag = Tag::new(sid.as_bytes(), &self.attempt());
        let key = self.subject(subject);
        self.call(script, &key, tag, arguments).await
    }

    async fn call(
        &self,
        script: &Script,
        key: &[u8],
        tag: Tag,
        arguments: &[&[u8]],
    ) -> Result<Reply, RedisStoreError> {
        let call = Call {
            script,
            key,
            tag,
            arguments,
        };
        let (deadline, _pass) = self.enter().await?;
        let (reply, _) = self.shared.caller.call(&call, deadline).await?;
        Ok(reply)
    }

    /// Tries to advance a family that nobody has: it is refused whenever a refresh would be, and writes nothing.
    async fn probe(&self) -> Result<(), RedisStoreError> {
        let nonce = self.attempt();
        let key = self.key("", &[nonce, nonce].concat());
        let tag = Tag::new(&[0; 16], &nonce);
        let arguments: [&[u8]; 4] = [&[0], &[1], &[], &[]];
        let reply = self.call(&script::ADVANCE, &key, tag, &arguments).await?;
        reply.status().map(|_| ())
    }

    async fn inspect(&self, inspected: &mut Vec<Inspection>) -> Result<(), RedisStoreError> {
        let link = self.shared.caller.keeper.link().await?;
        let some_key = format!("{}rights", self.shared.settings.prefix);
        match link.masters().await? {
            None => inspected.push(Inspection::of(&link, None, &some_key).await?),
            Some(masters) => {
                for node in masters.nodes() {
                    inspected.push(Inspection::of(&link, Some(&node), &some_key).await?);
                }
            }
        }
        Ok(())
    }

    async fn enter(&self) -> Result<(Instant, Pass<'_>), RedisStoreError> {
        let deadline = Instant::now() + self.shared.response_timeout;
        Ok((deadline, self.shared.gate.enter(deadline).await?))
    }

    fn subject(&self, subject: SubjectKey) -> Vec<u8> {
        self.key("", subject.as_bytes())
    }

    fn key(&self, infix: &str, digest: &[u8]) -> Vec<u8> {
        let prefix = &self.shared.settings.prefix;
        let mut key = String::with_capacity(prefix.len() + infix.len() + digest.len() * 4 / 3 + 1);
        key.push_str(prefix);
        key.push_str(infix);
        BASE64_URL_SAFE_NO_PAD.encode_string(digest, &mut key);
        key.into_bytes()
    }

    /// Names a request that has no attempt of its own.
    fn attempt(&self) -> [u8; 8] {
        let attempts = &self.shared.attempts;
        attempts.fetch_add(1, Ordering::Relaxed).to_be_bytes()
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
