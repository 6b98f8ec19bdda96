use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Cmd, Value};
use tokio::time::{Instant, timeout_at};

use crate::durability::Durability;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::executor::{Command, Executor};
use crate::node::Node;
use crate::reply::Reply;
use crate::transport::{Connection, Dialer, Slot};

/// Runs revocations that a failover does not undo.
///
/// They have connections of their own, because `WAIT` counts what was written on its connection and
/// holds up every command after it.
#[derive(Clone)]
pub(crate) struct Revoker {
    durability: Durability,
    dialer: Dialer,
    /// For a single server, or for the master behind sentinels.
    executor: Executor,
    /// For each master of a cluster that had a revocation so far.
    executors: Arc<Mutex<HashMap<Node, Executor>>>,
}

impl Revoker {
    pub(crate) fn new(durability: Durability, dialer: Dialer) -> Self {
        Self {
            durability,
            executor: Executor::new(dialer.clone()),
            dialer,
            executors: Arc::default(),
        }
    }

    /// Runs a revocation, and waits until enough replicas have it. In a cluster, `main` reports
    /// which master has the key.
    ///
    /// May fail while the key's slot is being moved; repeating it is safe.
    pub(crate) async fn revoke(
        &self,
        main: &Executor,
        command: &Command<'_>,
        deadline: Instant,
    ) -> Result<Reply, RedisStoreError> {
        let executor = if self.dialer.is_cluster() {
            self.executor_of(master(main, command.key, deadline).await?)
        } else {
            self.executor.clone()
        };
        let (reply, connection) = executor.execute(command, deadline).await?;
        // On the very connection that wrote: `WAIT` says nothing about the writes of others.
        self.confirm(&connection).await?;
        Ok(reply)
    }

    fn executor_of(&self, node: Node) -> Executor {
        let mut executors = self
            .executors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let dialer = self.dialer.to_node(node.clone());
        executors
            .entry(node)
            .or_insert_with(|| Executor::new(dialer))
            .clone()
    }

    /// Waits until the replicas have everything that was written on this connection.
    async fn confirm(&self, connection: &Connection) -> Result<(), RedisStoreError> {
        let Durability { replicas, timeout } = self.durability;
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let mut wait = Cmd::new();
        wait.arg("WAIT").arg(replicas).arg(millis);
        let deadline = Instant::now() + timeout + ROUND_TRIP;
        match timeout_at(deadline, connection.query(&wait)).await {
            Ok(Ok(Value::Int(reached))) if reached >= i64::from(replicas) => Ok(()),
            Ok(Ok(Value::Int(_))) | Err(_) => {
                Err(RedisStoreError::new(RedisStoreErrorKind::NotDurable))
            }
            Ok(Ok(_)) => Err(RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply)),
            Ok(Err(error)) => Err(RedisStoreError::of_command(error)),
        }
    }
}

/// Returns the master of the cluster that has the key.
async fn master(main: &Executor, key: &[u8], deadline: Instant) -> Result<Node, RedisStoreError> {
    let find = async {
        let connection = main.connection().await?;
        let masters = connection.masters().await?;
        let node = masters.and_then(|masters| masters.master_of(Slot::of(key)).cloned());
        node.ok_or(RedisStoreError::new(RedisStoreErrorKind::ClusterDown))
    };
    timeout_at(deadline, find)
        .await
        .unwrap_or(Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)))
}

/// What the response to `WAIT` may take beyond the server's own time-out.
const ROUND_TRIP: Duration = Duration::from_millis(200);
