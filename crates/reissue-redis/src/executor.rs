//! One script, carried out on the server: at most once more if the connection was lost or led to a replica.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::time::{Instant, timeout_at};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::reply::Reply;
use crate::script::{Script, Tag};
use crate::transport::{Connection, Connector, Slot};

/// What to carry out, on which key.
pub(crate) struct Command<'a> {
    pub(crate) script: &'a Script,
    pub(crate) key: &'a [u8],
    pub(crate) tag: Tag,
    /// What comes after the tag.
    pub(crate) arguments: &'a [&'a [u8]],
}

/// A connection and how patient to be with it.
#[derive(Clone, Debug)]
pub(crate) struct Executor {
    pub(crate) connector: Connector,
    /// A connection that stalls for so long is replaced.
    pub(crate) stall_timeout: Duration,
}

impl Executor {
    /// The reply, and the connection that it came from.
    ///
    /// A script that may have been carried out already is sent again all the same: each of them has the effect of one.
    pub(crate) async fn execute(
        &self,
        command: &Command<'_>,
        deadline: Instant,
    ) -> Result<(Reply, Arc<Connection>), RedisStoreError> {
        let mut is_first = true;
        loop {
            let connection = match timeout_at(deadline, self.connector.connection()).await {
                Ok(connection) => connection?,
                Err(_) => return Err(TIMEOUT),
            };
            match self.execute_on(&connection, command, deadline).await {
                Ok(reply) => return Ok((reply, connection)),
                Err(error) if is_first && is_worth_another(&error) => is_first = false,
                Err(error) => return Err(error),
            }
        }
    }

    async fn execute_on(
        &self,
        connection: &Arc<Connection>,
        command: &Command<'_>,
        deadline: Instant,
    ) -> Result<Reply, RedisStoreError> {
        let slot = Slot::of(command.key);
        let asked = Instant::now();
        let Ok(answer) = timeout_at(deadline, send(connection, command)).await else {
            self.stalled(connection, slot, asked);
            return Err(TIMEOUT);
        };
        let reply = answer
            .map_err(RedisStoreError::from)
            .and_then(|value| Reply::read(value, &command.tag));
        match &reply {
            // The cluster's driver has a time-out of its own.
            Err(error) if error.kind() == RedisStoreErrorKind::Timeout => {
                self.stalled(connection, slot, asked);
            }
            Err(error) if mixes_up_replies(error) => self.connector.discard(connection, error),
            // One node's trouble: the driver knows, and the others go on.
            Err(error) if is_lost(error) && connection.is_cluster() => {
                self.connector.replace(connection)
            }
            Err(error) if is_lost(error) => self.connector.discard(connection, error),
            _ => connection.responded(slot),
        }
        reply
    }

    fn stalled(&self, connection: &Arc<Connection>, slot: Slot, asked: Instant) {
        if connection.stalled(slot, asked) >= self.stall_timeout {
            self.connector.replace(connection);
        }
    }
}

/// By digest, and with its code if the server does not know it: after a flush, a restart, or a failover.
async fn send(connection: &Connection, command: &Command<'_>) -> Result<Value, RedisError> {
    let mut arguments = Vec::with_capacity(command.arguments.len() + 1);
    arguments.push(command.tag.as_bytes().as_slice());
    arguments.extend(command.arguments);
    let by_digest: Cmd = command.script.by_digest(command.key, &arguments);
    match connection.ask(&by_digest).await {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
            connection
                .ask(&command.script.in_full(command.key, &arguments))
                .await
        }
        answer => answer,
    }
}

fn is_worth_another(error: &RedisStoreError) -> bool {
    matches!(
        error.kind(),
        RedisStoreErrorKind::ConnectionLost | RedisStoreErrorKind::ReadOnly
    )
}

/// What comes next on that connection may be the answer to anything.
fn mixes_up_replies(error: &RedisStoreError) -> bool {
    matches!(
        error.kind(),
        RedisStoreErrorKind::MismatchedReply | RedisStoreErrorKind::UnexpectedReply
    )
}

/// The connection is of no more use, or leads to the wrong server.
fn is_lost(error: &RedisStoreError) -> bool {
    matches!(
        error.kind(),
        RedisStoreErrorKind::ConnectionLost
            | RedisStoreErrorKind::MasterDown
            | RedisStoreErrorKind::NoAuth
            | RedisStoreErrorKind::ReadOnly
            | RedisStoreErrorKind::RefusedConnection
    )
}

const TIMEOUT: RedisStoreError = RedisStoreError::new(RedisStoreErrorKind::Timeout);
