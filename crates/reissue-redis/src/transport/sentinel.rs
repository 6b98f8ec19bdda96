//! Opens a connection to the master that the sentinels name.

use std::collections::HashMap;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Value};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::options::Options;
use super::single;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::node::Node;

/// Resolves the master, connects to it, and checks that it acts as a master.
///
/// Called again whenever the connection is lost or turns out to lead to a replica: sentinels close
/// the connections of a master that they demote.
pub(super) async fn connect(
    options: &Options,
    sentinels: &[Node],
    master: &str,
) -> Result<MultiplexedConnection, RedisStoreError> {
    let node = resolve(options, sentinels, master).await?;
    let mut connection = single::connect(options, &node).await?;
    let mut role = Cmd::new();
    role.arg("ROLE");
    let query = role.query_async(&mut connection);
    match timeout(options.connect_timeout, query).await {
        Ok(Ok(Value::Array(parts)))
            if parts.first() == Some(&Value::BulkString(b"master".to_vec())) =>
        {
            Ok(connection)
        }
        Ok(Ok(_)) => Err(RedisStoreError::new(RedisStoreErrorKind::NoMaster)),
        Ok(Err(error)) => Err(RedisStoreError::while_connecting(error)),
        Err(_) => Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)),
    }
}

/// Queries all sentinels at once. Returns the address that more than half of them name, or
/// otherwise the one that most of the responses name.
async fn resolve(
    options: &Options,
    sentinels: &[Node],
    master: &str,
) -> Result<Node, RedisStoreError> {
    let options = options.for_sentinels();
    let mut queries = JoinSet::new();
    for sentinel in sentinels {
        let (options, sentinel, master) = (options.clone(), sentinel.clone(), master.to_owned());
        queries.spawn(async move {
            let query = query(&options, &sentinel, &master);
            timeout(options.connect_timeout, query)
                .await
                .unwrap_or(Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)))
        });
    }
    let mut votes: HashMap<Node, usize> = HashMap::new();
    let mut failure = RedisStoreError::new(RedisStoreErrorKind::NoMaster);
    while let Some(joined) = queries.join_next().await {
        match joined {
            Ok(Ok(node)) => {
                let votes = votes.entry(node.clone()).or_default();
                *votes += 1;
                if *votes * 2 > sentinels.len() {
                    return Ok(node);
                }
            }
            Ok(Err(error)) => failure = error,
            Err(_) => {}
        }
    }
    let most = votes.into_iter().max_by_key(|(_, votes)| *votes);
    most.map(|(node, _)| node).ok_or(failure)
}

/// Returns the master's address according to one sentinel.
async fn query(options: &Options, sentinel: &Node, master: &str) -> Result<Node, RedisStoreError> {
    let mut connection = single::connect(options, sentinel).await?;
    let mut command = Cmd::new();
    command
        .arg("SENTINEL")
        .arg("GET-MASTER-ADDR-BY-NAME")
        .arg(master);
    let address: Option<(String, u16)> = command
        .query_async(&mut connection)
        .await
        .map_err(RedisStoreError::while_connecting)?;
    match address {
        Some((host, port)) => Ok(Node { host, port }),
        None => Err(RedisStoreError::new(RedisStoreErrorKind::NoMaster)),
    }
}
