//! Revocations that a failover does not undo.

use std::time::Duration;

use redis::{Cmd, Value};
use tokio::time::{Instant, timeout_at};

use crate::connection::Link;
use crate::error::{RedisStoreError, RedisStoreErrorKind};

/// How many replicas must have a revocation, and how long to wait for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Durability {
    pub(crate) replicas: u32,
    pub(crate) within: Duration,
}

impl Durability {
    /// Waits until the replicas have everything that was written on this connection.
    pub(crate) async fn confirm(&self, link: &Link) -> Result<(), RedisStoreError> {
        let millis = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        let mut wait = Cmd::new();
        wait.arg("WAIT").arg(self.replicas).arg(millis);
        let deadline = Instant::now() + self.within + GRACE;
        match timeout_at(deadline, link.ask(&wait)).await {
            Ok(Ok(Value::Int(reached))) if reached >= i64::from(self.replicas) => Ok(()),
            Ok(Ok(Value::Int(_))) | Err(_) => {
                Err(RedisStoreError::new(RedisStoreErrorKind::NotDurable))
            }
            Ok(Ok(_)) => Err(RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply)),
            Ok(Err(error)) => Err(error.into()),
        }
    }
}

/// For the way there and back.
const GRACE: Duration = Duration::from_millis(200);
