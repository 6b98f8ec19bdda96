use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::{Cmd, Value};
use reissue::Sid;
use reissue::store::{Advance, SubjectKey};
use tokio::time::Instant;

use crate::advance::AdvanceArguments;
use crate::error::RedisStoreError;
use crate::executor::{Command, Executor};
use crate::keys;
use crate::node::Node;
use crate::reply::Reply;
use crate::revoker::Revoker;
use crate::script::{self, Script};
use crate::settings::Settings;
use crate::tag::Tag;
use crate::transport::{Connection, Dialer, Limiter, Permit};

/// What the clones of a store share. Runs scripts, each within the store's bounds.
pub(crate) struct Inner {
    settings: Settings,
    limiter: Limiter,
    executor: Executor,
    revoker: Option<Revoker>,
    response_timeout: Duration,
    next_attempt: AtomicU64,
}

impl Inner {
    pub(crate) fn new(dialer: Dialer, settings: Settings) -> Self {
        Self {
            limiter: Limiter::new(settings.concurrency),
            response_timeout: dialer.options().response_timeout,
            revoker: settings
                .durability
                .map(|durability| Revoker::new(durability, dialer.clone())),
            executor: Executor::new(dialer),
            settings,
            next_attempt: AtomicU64::new(RandomState::new().hash_one(0)),
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn response_timeout(&self) -> Duration {
        self.response_timeout
    }

    /// Returns the shared connection, and waits until it is open.
    pub(crate) async fn connection(&self) -> Result<Arc<Connection>, RedisStoreError> {
        self.executor.connection().await
    }

    /// Returns a number that identifies a request which has no attempt of its own.
    pub(crate) fn attempt(&self) -> [u8; 8] {
        self.next_attempt
            .fetch_add(1, Ordering::Relaxed)
            .to_be_bytes()
    }

    pub(crate) fn subject_key(&self, subject: SubjectKey) -> Vec<u8> {
        keys::subject(&self.settings.prefix, subject)
    }

    /// Sends a command that only reads to one node of a cluster, or to the only server.
    pub(crate) async fn query(
        &self,
        node: Option<&Node>,
        cmd: &Cmd,
    ) -> Result<Value, RedisStoreError> {
        let (deadline, _permit) = self.acquire().await?;
        self.executor.query(node, cmd, deadline).await
    }

    /// Runs a script on one family.
    pub(crate) async fn execute_on_family(
        &self,
        script: &Script,
        subject: SubjectKey,
        sid: &Sid,
        arguments: &[&[u8]],
    ) -> Result<Reply, RedisStoreError> {
        let tag = Tag::new(sid.as_bytes(), &self.attempt());
        let key = self.subject_key(subject);
        self.execute(script, &key, tag, arguments).await
    }

    /// Advances a family, by the short script if that can do it.
    pub(crate) async fn advance(&self, advance: &Advance) -> Result<Reply, RedisStoreError> {
        let tag = Tag::new(advance.sid.as_bytes(), advance.attempt.as_bytes());
        let arguments = AdvanceArguments::of(advance, tag);
        let key = self.subject_key(advance.subject);
        let (script, if_slow) = if arguments.may_be_short() {
            (&*script::ADVANCE_SHORT, Some(&*script::ADVANCE))
        } else {
            (&*script::ADVANCE, None)
        };
        let command = Command {
            script,
            if_slow,
            key: &key,
            tag,
            arguments: &arguments.as_bytes(),
        };
        let (deadline, _permit) = self.acquire().await?;
        let (reply, _) = self.executor.execute(&command, deadline).await?;
        Ok(reply)
    }

    /// Runs a script.
    pub(crate) async fn execute(
        &self,
        script: &Script,
        key: &[u8],
        tag: Tag,
        arguments: &[&[u8]],
    ) -> Result<Reply, RedisStoreError> {
        let mut all = vec![tag.as_bytes().as_slice()];
        all.extend(arguments);
        let command = Command {
            script,
            if_slow: None,
            key,
            tag,
            arguments: &all,
        };
        let (deadline, _permit) = self.acquire().await?;
        let (reply, _) = self.executor.execute(&command, deadline).await?;
        Ok(reply)
    }

    /// Runs a script that revokes, and waits for replicas if revocations must be durable.
    ///
    /// After `argument`, such a script gets the argument `1` if it must write something whatever it
    /// finds, because `WAIT` waits only for what was written on its connection.
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
            if_slow: None,
            key,
            tag,
            arguments: &[tag.as_bytes(), argument, must_write.as_bytes()],
        };
        let (deadline, _permit) = self.acquire().await?;
        match &self.revoker {
            Some(revoker) => revoker.revoke(&self.executor, &command, deadline).await,
            None => Ok(self.executor.execute(&command, deadline).await?.0),
        }
    }

    /// Returns the deadline of an operation that begins now, and its permit.
    async fn acquire(&self) -> Result<(Instant, Permit<'_>), RedisStoreError> {
        let deadline = Instant::now() + self.response_timeout;
        Ok((deadline, self.limiter.acquire(deadline).await?))
    }
}
