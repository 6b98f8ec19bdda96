//! The Redis store, whose server has a clock of its own.
//!
//! Nobody can step the clock of a server. But all that a record knows of time counts from its
//! creation, so when a record is made older, by that field, all its ages grow and all its
//! deadlines come nearer, as if time had passed. A step does that to every record of the server and
//! to the expiry of every key, in one script, and to nothing else.
//!
//! While a test works, the server's clock goes on too. So all times of the rules and all steps are
//! whole ticks, of which a test takes less than one: an age that should be three ticks is at least
//! three and less than four, and falls on the same side of every limit. What is compared are whole
//! ticks.
//!
//! Who is evicted depends on the order of rotations, within a tick too. So each step takes the
//! engine and the model a second, and the server a millisecond at least, which adds up to less than
//! a tick, and no two rotations are at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, OneTimeId, Page, Record,
    Replace, Replaced, Revoke, Store, StoreError, SubjectKey,
};
use reissue::{Clock, Sid, SystemClock, Timestamp};
use reissue_redis::RedisStore;
use reissue_tests::ManualClock;
use reissue_tests::redis::{AGE, RedisServer};
use reissue_tests::resp::{RespClient, Value};

use super::world::World;

/// Of so many seconds.
pub(super) const TICK: u64 = 100;

/// A server whose records can be made older.
pub(super) struct Redis {
    clock: ManualClock,
    store: AgingStore,
    client: RespClient,
}

impl Redis {
    /// The server must be this world's alone; what another has left is removed.
    pub(super) fn on(server: &RedisServer) -> Self {
        let clock = ManualClock::default();
        let mut client = RespClient::connect(server.port()).unwrap();
        client.call(&["FLUSHALL"]).unwrap();
        let ahead = clock.now().since(SystemClock.now());
        let store = AgingStore {
            inner: RedisStore::builder(server.url()).build().unwrap(),
            ahead: Arc::new(AtomicU64::new(u64::try_from(ahead.as_millis()).unwrap())),
        };
        Self {
            clock,
            store,
            client,
        }
    }

    /// Lets time pass for the server.
    fn age(&mut self, millis: u64) {
        self.store.ahead.fetch_add(millis, Ordering::SeqCst);
        self.run(AGE, millis);
    }

    fn run(&mut self, script: &str, argument: u64) {
        let reply = self
            .client
            .call(&["EVAL", script, "0", &argument.to_string()]);
        assert!(!matches!(reply, Ok(Value::Error(_)) | Err(_)), "{reply:?}");
    }
}

impl World for Redis {
    type Store = AgingStore;

    const TICK: u64 = TICK;

    const COUNTS_EXACTLY: bool = false;

    fn store(&self) -> AgingStore {
        self.store.clone()
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn begin_step(&mut self) {
        self.clock.advance(Duration::from_secs(1));
        self.age(1);
    }

    async fn pass(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.age(seconds * 1_000);
    }

    async fn remember(&mut self, depth: usize) {
        self.run(REMEMBER, depth as u64);
    }

    async fn fail_over(&mut self, depth: usize) {
        self.run(FAIL_OVER, depth as u64);
    }
}

/// A Redis store whose times are those of the engine's clock, in whole ticks. Clones are the same
/// store.
#[derive(Clone)]
pub(super) struct AgingStore {
    inner: RedisStore,
    /// The engine's clock less the server's, in milliseconds.
    ahead: Arc<AtomicU64>,
}

impl AgingStore {
    fn told(&self, record: Record) -> Record {
        let ahead = Duration::from_millis(self.ahead.load(Ordering::SeqCst));
        let told = |time: Timestamp| whole(time + ahead);
        Record {
            created_at: told(record.created_at),
            rotated_at: told(record.rotated_at),
            deadline: record.deadline.map(told),
            ..record
        }
    }
}

impl Store for AgingStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let ahead = self.ahead.load(Ordering::SeqCst);
        let expires_at = create.expires_at.map(|time| whole(time).as_millis());
        let expires_at = expires_at.map(|time| Timestamp::from_millis(time - ahead));
        self.inner
            .create(Create {
                expires_at,
                ..create
            })
            .await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        Ok(match self.inner.advance(advance).await? {
            Advanced::Conflict(record) => Advanced::Conflict(self.told(record)),
            other => other,
        })
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        Ok(match self.inner.replace(replace).await? {
            Replaced::Conflict(record) => Replaced::Conflict(self.told(record)),
            other => other,
        })
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        let record = self.inner.load(subject, sid).await?;
        Ok(record.map(|record| self.told(record)))
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let page = self.inner.sessions(subject, cursor, limit).await?;
        let families = page.families.into_iter();
        Ok(Page {
            families: families
                .map(|(sid, record)| (sid, self.told(record)))
                .collect(),
            ..page
        })
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.inner.revoke(subject, revoke).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.inner.consume(consume).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.inner.is_consumed(id).await
    }
}

fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_secs(time.as_secs() / TICK * TICK)
}

/// What is remembered has the depth behind an `@`, which is in no other key.
const REMEMBER: &str = "
for _, key in ipairs(redis.call('KEYS', '*@' .. ARGV[1])) do
  redis.call('DEL', key)
end
for _, key in ipairs(redis.call('KEYS', '*')) do
  if not string.find(key, '@', 1, true) then
    redis.call('COPY', key, key .. '@' .. ARGV[1])
  end
end";

const FAIL_OVER: &str = "
for _, key in ipairs(redis.call('KEYS', '*')) do
  if not string.find(key, '@', 1, true) then
    redis.call('DEL', key)
  end
end
for _, key in ipairs(redis.call('KEYS', '*@' .. ARGV[1])) do
  redis.call('COPY', key, string.match(key, '^[^@]*'))
end";
