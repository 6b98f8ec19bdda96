//! Revocations that a failover does not undo.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Cmd, Value};
use tokio::time::{Instant, timeout_at};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::executor::{Command, Executor};
use crate::reply::Reply;
use crate::transport::{Connection, Connector, Dialer, Slot, Target};
use crate::url::Node;

/// How many replicas must have a revocation, and how long to wait for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Durability {
    pub(crate) replicas: u32,
    pub(crate) within: Duration,
}

impl Durability {
    /// Waits until the replicas have everything that was written on this connection.
    async fn confirm(&self, connection: &Connection) -> Result<(), RedisStoreError> {
        let millis = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        let mut wait = Cmd::new();
        wait.arg("WAIT").arg(self.replicas).arg(millis);
        let deadline = Instant::now() + self.within + GRACE;
        match timeout_at(deadline, connection.ask(&wait)).await {
            Ok(Ok(Value::Int(reached))) if reached >= i64::from(self.replicas) => Ok(()),
            Ok(Ok(Value::Int(_))) | Err(_) => {
                Err(RedisStoreError::new(RedisStoreErrorKind::NotDurable))
            }
            Ok(Ok(_)) => Err(RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply)),
            Ok(Err(error)) => Err(error.into()),
        }
    }
}

/// Connections of their own for revocations: `WAIT` counts what was written on its connection, and holds up what comes
/// after it.
#[derive(Clone)]
pub(crate) struct Revoker {
    durability: Durability,
    dialer: Dialer,
    /// To one server, or to the master of a Sentinel.
    executor: Executor,
    /// To each master of a cluster that was needed so far.
    executors: Arc<Mutex<HashMap<Node, Executor>>>,
}

impl Revoker {
    pub(crate) fn new(durability: Durability, dialer: Dialer, stall_timeout: Duration) -> Self {
        Self {
            durability,
            executor: executor(dialer.clone(), stall_timeout),
            dialer,
            executors: Arc::default(),
        }
    }

    /// Revokes, and waits until enough replicas have it. `main` knows which node of a cluster to ask.
    ///
    /// While the slot is being moved it may fail; nothing is lost, and once more is enough.
    pub(crate) async fn revoke(
        &self,
        main: &Executor,
        command: &Command<'_>,
        deadline: Instant,
    ) -> Result<Reply, RedisStoreError> {
        let executor = match self.dialer.target {
            Target::Cluster(_) => self.at(master(main, command.key, deadline).await?),
            Target::Sentinel { .. } | Target::Single(_) => self.executor.clone(),
        };
        let (reply, connection) = executor.execute(command, deadline).await?;
        self.durability.confirm(&connection).await?;
        Ok(reply)
    }

    fn at(&self, node: Node) -> Executor {
        let mut executors = self
            .executors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let dialer = Dialer {
            target: Target::Single(node.clone()),
            options: self.dialer.options.clone(),
        };
        let stall_timeout = self.executor.stall_timeout;
        executors
            .entry(node)
            .or_insert_with(|| executor(dialer, stall_timeout))
            .clone()
    }
}

async fn master(main: &Executor, key: &[u8], deadline: Instant) -> Result<Node, RedisStoreError> {
    let found = timeout_at(deadline, async {
        let connection = main.connector.connection().await?;
        let masters = connection.masters().await?;
        let node = masters.and_then(|masters| masters.of(Slot::of(key)).cloned());
        node.ok_or(RedisStoreError::new(RedisStoreErrorKind::ClusterDown))
    });
    match found.await {
        Ok(found) => found,
        Err(_) => Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)),
    }
}

fn executor(dialer: Dialer, stall_timeout: Duration) -> Executor {
    Executor {
        connector: Connector::new(dialer),
        stall_timeout,
    }
}

/// For the way there and back.
const GRACE: Duration = Duration::from_millis(200);
