//! A connection to the master that the sentinels name.

use std::collections::HashMap;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Value};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::dial::{Account, Options};
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::url::Node;

/// Asks the sentinels for the master, connects to it, and asks it whether it is one.
///
/// Made anew whenever the connection is lost or turns out to lead to a replica: sentinels close the connections of a
/// master that they demote.
pub(crate) async fn connect(
    options: &Options,
    sentinels: &[Node],
    master: &str,
    account: &Account,
) -> Result<MultiplexedConnection, RedisStoreError> {
    let node = resolve(options, sentinels, master, account).await?;
    let mut connection = options.connect(&node).await?;
    let mut role = Cmd::new();
    role.arg("ROLE");
    let asked = timeout(options.connect_timeout, role.query_async(&mut connection)).await;
    match asked {
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

/// Asks all sentinels at once: the address that more than half of them name, or that most of those name that answer.
async fn resolve(
    options: &Options,
    sentinels: &[Node],
    master: &str,
    account: &Account,
) -> Result<Node, RedisStoreError> {
    let options = Options {
        account: account.clone(),
        database: 0,
        ..options.clone()
    };
    let mut questions = JoinSet::new();
    for sentinel in sentinels {
        let (options, sentinel, master) = (options.clone(), sentinel.clone(), master.to_owned());
        questions.spawn(async move {
            let asked = timeout(options.connect_timeout, ask(&options, &sentinel, &master));
            asked
                .await
                .unwrap_or(Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)))
        });
    }
    let mut votes: HashMap<Node, usize> = HashMap::new();
    let mut failure = RedisStoreError::new(RedisStoreErrorKind::NoMaster);
    while let Some(answer) = questions.join_next().await {
        match answer {
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

async fn ask(options: &Options, sentinel: &Node, master: &str) -> Result<Node, RedisStoreError> {
    let mut connection = options.connect(sentinel).await?;
    let mut question = Cmd::new();
    question
        .arg("SENTINEL")
        .arg("GET-MASTER-ADDR-BY-NAME")
        .arg(master);
    let answer: Option<(String, u16)> = question
        .query_async(&mut connection)
        .await
        .map_err(RedisStoreError::while_connecting)?;
    match answer {
        Some((host, port)) => Ok(Node { host, port }),
        None => Err(RedisStoreError::new(RedisStoreErrorKind::NoMaster)),
    }
}
