//! What clones of a store share, and the way from a verb to a script.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::Sid;
use reissue::store::{Finding, SubjectKey};
use tokio::time::{Instant, timeout_at};

use crate::durability::{Durability, Revoker};
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::executor::{Command, Executor};
use crate::ready::{Expectations, Inspection, findings};
use crate::reply::Reply;
use crate::script::{self, Script, Tag};
use crate::transport::{Connector, Dialer, Limiter, Permit};

pub(crate) struct Shared {
    settings: Settings,
    limiter: Limiter,
    executor: Executor,
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

impl Shared {
    pub(crate) fn new(dialer: Dialer, concurrency: usize, settings: Settings) -> Self {
        let response_timeout = dialer.options.response_timeout;
        // A little less than two time-outs, so that the second in a row is enough.
        let stall_timeout = response_timeout.mul_f64(1.9);
        let revoker = settings
            .durability
            .map(|durability| Revoker::new(durability, dialer.clone(), stall_timeout));
        let executor = Executor {
            connector: Connector::new(dialer),
            stall_timeout,
        };
        Self {
            settings,
            limiter: Limiter::new(concurrency),
            executor,
            revoker,
            response_timeout,
            attempts: AtomicU64::new(RandomState::new().hash_one(0)),
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Carries out a script that revokes, and waits for the replicas if it must. After `argument` the script gets `1` if
    /// it must write something, whatever it finds: `WAIT` waits for what was written on its connection only.
    pub(crate) async fn revoke(
        &self,
        script: &Script,
        key: &[u8],
        tag: Tag,
        argument: &[u8],
    ) -> Result<Reply, RedisStoreError> {
        let must_write = if self.revoker.is_some() { "1" } else { "" };
        let command = Command {
            script,
            key,
            tag,
            arguments: &[argument, must_write.as_bytes()],
        };
        let (deadline, _permit) = self.enter().await?;
        match &self.revoker {
            Some(revoker) => revoker.revoke(&self.executor, &command, deadline).await,
            None => Ok(self.executor.execute(&command, deadline).await?.0),
        }
    }

    pub(crate) async fn ready(&self) -> Result<Vec<Finding>, RedisStoreError> {
        match self.probe().await {
            Err(error) if error.kind() != RedisStoreErrorKind::NoPerm => return Err(error),
            _ => {}
        }
        let deadline = Instant::now() + self.response_timeout;
        let inspected = timeout_at(deadline, self.inspect()).await;
        let inspected =
            inspected.map_err(|_| RedisStoreError::new(RedisStoreErrorKind::Timeout))??;
        let expectations = Expectations {
            max_clock_skew: self.settings.max_clock_skew,
            durability: self.settings.durability,
        };
        Ok(inspected
            .iter()
            .flat_map(|inspection| findings(inspection, &expectations))
            .collect())
    }

    /// Carries out a script on one family.
    pub(crate) async fn family(
        &self,
        script: &Script,
        subject: SubjectKey,
        sid: &Sid,
        arguments: &[&[u8]],
    ) -> Result<Reply, RedisStoreError> {
        let tag = Tag::new(sid.as_bytes(), &self.attempt());
        let key = self.subject(subject);
        self.execute(script, &key, tag, arguments).await
    }

    pub(crate) async fn execute(
        &self,
        script: &Script,
        key: &[u8],
        tag: Tag,
        arguments: &[&[u8]],
    ) -> Result<Reply, RedisStoreError> {
        let command = Command {
            script,
            key,
            tag,
            arguments,
        };
        let (deadline, _permit) = self.enter().await?;
        let (reply, _) = self.executor.execute(&command, deadline).await?;
        Ok(reply)
    }

    /// Tries to advance a family that nobody has: it is refused whenever a refresh would be, and writes nothing.
    async fn probe(&self) -> Result<(), RedisStoreError> {
        let nonce = self.attempt();
        let key = self.key("", &[nonce, nonce].concat());
        let tag = Tag::new(&[0; 16], &nonce);
        let arguments: [&[u8]; 5] = [&[0], &[1], &[], &[], b"\x000"];
        let reply = self
            .execute(&script::ADVANCE, &key, tag, &arguments)
            .await?;
        reply.status().map(|_| ())
    }

    async fn inspect(&self) -> Result<Vec<Inspection>, RedisStoreError> {
        let connection = self.executor.connector.connection().await?;
        let is_durable = self.revoker.is_some();
        let some_key = format!("{}rights", self.settings.prefix);
        let Some(masters) = connection.masters().await? else {
            return Ok(vec![
                Inspection::of(&connection, None, &some_key, is_durable).await?,
            ]);
        };
        let mut inspected = Vec::new();
        for node in masters.nodes() {
            let inspection = Inspection::of(&connection, Some(&node), &some_key, is_durable);
            inspected.push(inspection.await?);
        }
        Ok(inspected)
    }

    async fn enter(&self) -> Result<(Instant, Permit<'_>), RedisStoreError> {
        let deadline = Instant::now() + self.response_timeout;
        Ok((deadline, self.limiter.acquire(deadline).await?))
    }

    pub(crate) fn subject(&self, subject: SubjectKey) -> Vec<u8> {
        self.key("", subject.as_bytes())
    }

    pub(crate) fn key(&self, infix: &str, digest: &[u8]) -> Vec<u8> {
        let prefix = &self.settings.prefix;
        let mut key = String::with_capacity(prefix.len() + infix.len() + digest.len() * 4 / 3 + 1);
        key.push_str(prefix);
        key.push_str(infix);
        BASE64_URL_SAFE_NO_PAD.encode_string(digest, &mut key);
        key.into_bytes()
    }

    /// Names a request that has no attempt of its own.
    pub(crate) fn attempt(&self) -> [u8; 8] {
        let attempts = &self.attempts;
        attempts.fetch_add(1, Ordering::Relaxed).to_be_bytes()
    }
}
