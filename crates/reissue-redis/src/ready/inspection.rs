//! What a server says about itself.

use std::time::{SystemTime, UNIX_EPOCH};

use redis::{Cmd, FromRedisValue, RedisError};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::script;
use crate::transport::Connection;
use crate::url::Node;

/// The parts are missing that the server does not tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inspection {
    /// Empty if it is the only one.
    pub(crate) node: String,
    /// What `INFO` says: names and values, a line each.
    pub(crate) info: Option<String>,
    /// When the data is written to disk: `CONFIG GET save`.
    pub(crate) save: Option<String>,
    /// By how many milliseconds the server's clock is ahead of ours.
    pub(crate) ahead: Option<i64>,
    /// Commands that the user may not call.
    pub(crate) denied: Vec<String>,
}

impl Inspection {
    /// Fails if the server does not answer; not if it refuses to.
    pub(crate) async fn of(
        connection: &Connection,
        node: Option<&Node>,
        some_key: &str,
        is_durable: bool,
    ) -> Result<Self, RedisStoreError> {
        let mut inspection = Self {
            node: node.map(ToString::to_string).unwrap_or_default(),
            ..Self::default()
        };
        let info = ask(connection, node, &["INFO"]).await?;
        inspection.info = inspection.told(info, "INFO");
        let save: Option<Vec<String>> = ask(connection, node, &["CONFIG", "GET", "save"])
            .await?
            .ok();
        inspection.save = save.and_then(|mut pair| pair.pop());
        inspection.ahead = inspection.clock(connection, node).await?;
        if inspection.version().is_none_or(|version| version >= 7) {
            let code = script::RIGHTS;
            let durable = if is_durable { "1" } else { "" };
            let denied =
                ask::<Vec<String>>(connection, node, &["EVAL", code, "0", some_key, durable])
                    .await?;
            let denied = inspection.told(denied, "EVAL").unwrap_or_default();
            inspection.denied.extend(denied);
        }
        Ok(inspection)
    }

    /// The value in a line of `INFO`.
    pub(crate) fn line(&self, name: &str) -> Option<&str> {
        let info = self.info.as_deref()?;
        info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key == name).then_some(value.trim_end())
        })
    }

    /// The first part of the version that the server is compatible with.
    pub(crate) fn version(&self) -> Option<u32> {
        let version = self.line("redis_version")?;
        version.split('.').next()?.parse().ok()
    }

    /// Half of the time that the question takes is assumed to be the way there.
    async fn clock(
        &mut self,
        connection: &Connection,
        node: Option<&Node>,
    ) -> Result<Option<i64>, RedisStoreError> {
        let before = now();
        let time = ask::<(i64, i64)>(connection, node, &["TIME"]).await?;
        let after = now();
        let time = self.told(time, "TIME");
        Ok(time.map(|(seconds, micros)| {
            let theirs = seconds.saturating_mul(1_000).saturating_add(micros / 1_000);
            theirs - before - (after - before) / 2
        }))
    }

    fn told<T>(&mut self, answer: Result<T, RedisStoreError>, command: &str) -> Option<T> {
        if let Err(error) = &answer
            && error.kind() == RedisStoreErrorKind::NoPerm
        {
            self.denied.push(command.to_owned());
        }
        answer.ok()
    }
}

/// An error outside is one of the connection; one inside is the server's.
async fn ask<T: FromRedisValue>(
    connection: &Connection,
    node: Option<&Node>,
    words: &[&str],
) -> Result<Result<T, RedisStoreError>, RedisStoreError> {
    let mut cmd = Cmd::new();
    for word in words {
        cmd.arg(*word);
    }
    match connection.ask_node(node, &cmd).await {
        Ok(value) => Ok(T::from_redis_value(value)
            .map_err(RedisError::from)
            .map_err(RedisStoreError::from)),
        Err(error) if error.is_io_error() => Err(error.into()),
        Err(error) => Ok(Err(error.into())),
    }
}

fn now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
