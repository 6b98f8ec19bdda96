use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::time::{Instant, timeout_at};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::node::Node;
use crate::reply::Reply;
use crate::script::Script;
use crate::tag::Tag;
use crate::transport::{Connection, Connector, Dialer, Slot};

/// A script to run, with its key and arguments.
pub(crate) struct Command<'a> {
    pub(crate) script: &'a Script,
    /// The script that takes its place, with the same key and arguments, if it responds `slow`.
    pub(crate) if_slow: Option<&'a Script>,
    pub(crate) key: &'a [u8],
    pub(crate) tag: Tag,
    /// The arguments, the first of which begins with the tag.
    pub(crate) arguments: &'a [&'a [u8]],
}

/// Runs commands on a shared connection, and replaces a connection that is lost or stalled.
#[derive(Clone, Debug)]
pub(crate) struct Executor {
    connector: Connector,
    /// For how long a connection may not respond before it is replaced.
    stall_timeout: Duration,
}

impl Executor {
    pub(crate) fn new(dialer: Dialer) -> Self {
        Self {
            // A little less than two time-outs, so that the second time-out in a row is enough.
            stall_timeout: dialer.options().response_timeout.mul_f64(1.9),
            connector: Connector::new(dialer),
        }
    }

    /// Returns the shared connection, and waits until it is open.
    pub(crate) async fn connection(&self) -> Result<Arc<Connection>, RedisStoreError> {
        self.connector.connection().await
    }

    /// Runs a command, and returns its reply and the connection that it came from.
    ///
    /// If the connection was lost or led to a replica, the command is sent once more on another
    /// one. It may have taken effect already: running a script twice has the effect of once.
    pub(crate) async fn execute(
        &self,
        command: &Command<'_>,
        deadline: Instant,
    ) -> Result<(Reply, Arc<Connection>), RedisStoreError> {
        let mut is_first = true;
        loop {
            let connection = match timeout_at(deadline, self.connection()).await {
                Ok(connection) => connection?,
                Err(_) => return Err(TIMEOUT),
            };
            match self.execute_on(&connection, command, deadline).await {
                Ok(reply) => return Ok((reply, connection)),
                Err(error) if is_first && may_retry(&error) => is_first = false,
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends a command that only reads to one node of a cluster, or to the only server.
    pub(crate) async fn query(
        &self,
        node: Option<&Node>,
        cmd: &Cmd,
        deadline: Instant,
    ) -> Result<Value, RedisStoreError> {
        let mut is_first = true;
        loop {
            let query = async {
                let connection = self.connection().await?;
                let response = connection.query_node(node, cmd).await;
                response.map_err(|error| {
                    let error = RedisStoreError::of_command(error);
                    if is_lost(&error) && !connection.is_cluster() {
                        self.connector.discard(&connection, &error);
                    }
                    error
                })
            };
            match timeout_at(deadline, query).await.map_err(|_| TIMEOUT)? {
                Err(error) if is_first && may_retry(&error) => is_first = false,
                response => return response,
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
        let sent = Instant::now();
        let Ok(reply) = timeout_at(deadline, run(connection, command)).await else {
            self.stalled(connection, slot, sent);
            return Err(TIMEOUT);
        };
        match &reply {
            // The cluster's driver has a time-out of its own.
            Err(error) if error.kind() == RedisStoreErrorKind::Timeout => {
                self.stalled(connection, slot, sent);
            }
            Err(error) if is_out_of_step(error) => self.connector.discard(connection, error),
            // One node is in trouble. The driver reconnects to it, and the other nodes go on.
            Err(error) if is_lost(error) && connection.is_cluster() => {
                self.connector.replace(connection);
            }
            Err(error) if is_lost(error) => self.connector.discard(connection, error),
            _ => connection.responded(slot),
        }
        reply
    }

    fn stalled(&self, connection: &Arc<Connection>, slot: Slot, sent: Instant) {
        if connection.stalled(slot, sent) >= self.stall_timeout {
            self.connector.replace(connection);
        }
    }
}

/// Runs the command's script, and the one that takes its place if that is necessary.
async fn run(connection: &Connection, command: &Command<'_>) -> Result<Reply, RedisStoreError> {
    let reply = run_script(connection, command.script, command).await?;
    match command.if_slow {
        Some(script) if reply.is_slow() => run_script(connection, script, command).await,
        _ => Ok(reply),
    }
}

async fn run_script(
    connection: &Connection,
    script: &Script,
    command: &Command<'_>,
) -> Result<Reply, RedisStoreError> {
    let response = send(connection, script, command).await;
    response
        .map_err(RedisStoreError::of_command)
        .and_then(|value| Reply::parse(value, &command.tag))
}

/// Sends the script's digest, and its code if the server does not know it: after a flush, a
/// restart, or a failover.
async fn send(
    connection: &Connection,
    script: &Script,
    command: &Command<'_>,
) -> Result<Value, RedisError> {
    let arguments = command.arguments;
    let evalsha = script.evalsha(command.key, arguments);
    match connection.query_together(evalsha).await {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
            let eval = script.eval(command.key, arguments);
            connection.query_together(eval).await
        }
        response => response,
    }
}

fn may_retry(error: &RedisStoreError) -> bool {
    matches!(
        error.kind(),
        RedisStoreErrorKind::ConnectionLost | RedisStoreErrorKind::ReadOnly
    )
}

/// Returns whether responses no longer match requests, so that the next one on this connection may
/// belong to any request.
fn is_out_of_step(error: &RedisStoreError) -> bool {
    matches!(
        error.kind(),
        RedisStoreErrorKind::MismatchedReply | RedisStoreErrorKind::UnexpectedReply
    )
}

/// Returns whether the connection is broken, or leads to a server that cannot serve.
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
