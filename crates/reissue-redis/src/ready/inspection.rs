use std::time::{SystemTime, UNIX_EPOCH};

use redis::{Cmd, FromRedisValue, RedisError};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::node::Node;
use crate::script;
use crate::settings::Settings;
use crate::transport::Connection;

/// What a server reports about itself. What the user may not read is missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Inspection {
    /// The address of the node; empty for a single server.
    pub(super) node: String,
    /// The response to `INFO`: names and values, one a line.
    pub(super) info: Option<String>,
    /// The response to `CONFIG GET save`: when snapshots are written.
    pub(super) save: Option<String>,
    /// By how many milliseconds the server's clock is ahead of the clock of this process.
    pub(super) ahead: Option<i64>,
    /// The commands that the user may not call.
    pub(super) denied: Vec<String>,
}

impl Inspection {
    /// Inspects a server.
    ///
    /// # Errors
    ///
    /// The server does not respond. A command that it denies is no error.
    pub(super) async fn of(
        connection: &Connection,
        node: Option<&Node>,
        settings: &Settings,
    ) -> Result<Self, RedisStoreError> {
        let mut inspection = Self {
            node: node.map(ToString::to_string).unwrap_or_default(),
            ..Self::default()
        };
        let info = query(connection, node, &["INFO"]).await?;
        inspection.info = inspection.allowed(info, "INFO");
        let save: Option<Vec<String>> = query(connection, node, &["CONFIG", "GET", "save"])
            .await?
            .ok();
        inspection.save = save.and_then(|mut pair| pair.pop());
        inspection.ahead = inspection.clock(connection, node).await?;
        if inspection.version().is_none_or(|version| version >= 7) {
            let some_key = format!("{}rights", settings.prefix);
            let is_durable = if settings.durability.is_some() {
                "1"
            } else {
                ""
            };
            let eval = ["EVAL", script::RIGHTS, "0", &some_key, is_durable];
            let denied = query::<Vec<String>>(connection, node, &eval).await?;
            let denied = inspection.allowed(denied, "EVAL").unwrap_or_default();
            inspection.denied.extend(denied);
        }
        Ok(inspection)
    }

    /// Returns a value of `INFO`.
    pub(super) fn line(&self, name: &str) -> Option<&str> {
        let info = self.info.as_deref()?;
        info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key == name).then_some(value.trim_end())
        })
    }

    /// Returns the major version of Redis that the server is compatible with.
    pub(super) fn version(&self) -> Option<u32> {
        let version = self.line("redis_version")?;
        version.split('.').next()?.parse().ok()
    }

    /// Returns by how much the server's clock is ahead. Assumes that the request takes as long as
    /// the response.
    async fn clock(
        &mut self,
        connection: &Connection,
        node: Option<&Node>,
    ) -> Result<Option<i64>, RedisStoreError> {
        let before = now();
        let time = query::<(i64, i64)>(connection, node, &["TIME"]).await?;
        let after = now();
        let time = self.allowed(time, "TIME");
        Ok(time.map(|(seconds, micros)| {
            let theirs = seconds.saturating_mul(1_000).saturating_add(micros / 1_000);
            theirs - before - (after - before) / 2
        }))
    }

    /// Returns the response, and records the command as denied if the user may not call it.
    fn allowed<T>(&mut self, response: Result<T, RedisStoreError>, command: &str) -> Option<T> {
        if let Err(error) = &response
            && error.kind() == RedisStoreErrorKind::NoPerm
        {
            self.denied.push(command.to_owned());
        }
        response.ok()
    }
}

/// Sends a command. The outer error is one of the connection, the inner one the server's.
async fn query<T: FromRedisValue>(
    connection: &Connection,
    node: Option<&Node>,
    words: &[&str],
) -> Result<Result<T, RedisStoreError>, RedisStoreError> {
    let mut cmd = Cmd::new();
    for word in words {
        cmd.arg(*word);
    }
    match connection.query_node(node, &cmd).await {
        Ok(value) => Ok(T::from_redis_value(value)
            .map_err(RedisError::from)
            .map_err(RedisStoreError::of_command)),
        Err(error) if error.is_io_error() => Err(RedisStoreError::of_command(error)),
        Err(error) => Ok(Err(RedisStoreError::of_command(error))),
    }
}

fn now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
