//! One script, carried out on the server: at most once more if the connection was lost or led to a replica.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::time::{Instant, timeout_at};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::reply::Reply;
use crate::script::{Script, Tag};
use crate::transport::{Connection, Keeper, Slot};

/// What to carry out, on which key.
pub(crate) struct Call<'a> {
    pub(crate) script: &'a Script,
    pub(crate) key: &'a [u8],
    pub(crate) tag: Tag,
    /// What comes after the tag.
    pub(crate) arguments: &'a [&'a [u8]],
}

/// A connection and how patient to be with it.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) keeper: Keeper,
    /// After so much silence the connection is replaced.
    pub(crate) silence: Duration,
}

impl Caller {
    /// The reply, and the connection that it came from.
    ///
    /// A script that may have been carried out already is sent again all the same: each of them has the effect of one.
    pub(crate) async fn call(
        &self,
        call: &Call<'_>,
        deadline: Instant,
    ) -> Result<(Reply, Arc<Connection>), RedisStoreError> {
        let mut is_first = true;
        loop {
            let connection = match timeout_at(deadline, self.keeper.connection()).await {
                Ok(connection) => connection?,
                Err(_) => return Err(TIMEOUT),
            };
            match self.call_on(&connection, call, deadline).await {
                Ok(reply) => return Ok((reply, connection)),
                Err(error) if is_first && is_worth_another(&error) => is_first = false,
                Err(error) => return Err(error),
            }
        }
    }

    async fn call_on(
        &self,
        connection: &Arc<Connection>,
        call: &Call<'_>,
        deadline: Instant,
    ) -> Result<Reply, RedisStoreError> {
        let slot = Slot::of(call.key);
        let asked = Instant::now();
        let Ok(answer) = timeout_at(deadline, carry_out(connection, call)).await else {
            self.unheard(connection, slot, asked);
            return Err(TIMEOUT);
        };
        let reply = answer
            .map_err(RedisStoreError::from)
            .and_then(|value| Reply::read(value, &call.tag));
        match &reply {
            // The cluster's driver has a time-out of its own.
            Err(error) if error.kind() == RedisStoreErrorKind::Timeout => {
                self.unheard(connection, slot, asked);
            }
            Err(error) if mixes_up_replies(error) => self.keeper.discard(connection, error),
            // One node's trouble: the driver knows, and the others go on.
            Err(error) if is_lost(error) && connection.is_cluster() => {
                self.keeper.replace(connection)
            }
            Err(error) if is_lost(error) => self.keeper.discard(connection, error),
            _ => connection.heard(slot),
        }
        reply
    }

    fn unheard(&self, connection: &Arc<Connection>, slot: Slot, asked: Instant) {
        if connection.unheard(slot, asked) >= self.silence {
            self.keeper.replace(connection);
        }
    }
}

/// By digest, and with its code if the server does not know it: after a flush, a restart, or a failover.
async fn carry_out(connection: &Connection, call: &Call<'_>) -> Result<Value, RedisError> {
    let mut arguments = Vec::with_capacity(call.arguments.len() + 1);
    arguments.push(call.tag.as_bytes().as_slice());
    arguments.extend(call.arguments);
    let by_digest: Cmd = call.script.by_digest(call.key, &arguments);
    match connection.ask(&by_digest).await {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
            connection
                .ask(&call.script.in_full(call.key, &arguments))
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
