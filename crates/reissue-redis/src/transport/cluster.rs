//! A connection to all nodes of a cluster.

use std::time::Duration;

use redis::cluster::ClusterClientBuilder;

use super::connection::Backend;
use super::dial::{Options, tcp_settings};
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::url::Node;

/// The driver follows `MOVED` and `ASK`, and waits and tries again on `TRYAGAIN` and `CLUSTERDOWN`, for about half of the
/// response time-out: whoever asks shall hear what is wrong, and not only that time is up. It sends commands again whose reply was lost; the scripts are made for that.
pub(crate) async fn connect(options: &Options, nodes: &[Node]) -> Result<Backend, RedisStoreError> {
    let connected = try_connect(options, nodes).await;
    match connected {
        Err(error) if options.tls.is_some() => {
            Err(tls_error(options, nodes).await.unwrap_or(error))
        }
        connected => connected,
    }
}

/// Returns what is wrong with TLS, if anything is. The driver says of a cluster that it cannot connect to only that it
/// cannot; so the nodes are tried one by one, within the time for one connection.
async fn tls_error(options: &Options, nodes: &[Node]) -> Option<RedisStoreError> {
    let find = async {
        for node in nodes {
            match options.connect(node).await {
                Err(error) if error.kind() == RedisStoreErrorKind::Tls => return Some(error),
                _ => {}
            }
        }
        None
    };
    let found = tokio::time::timeout(options.connect_timeout, find).await;
    found.ok().flatten()
}

async fn try_connect(options: &Options, nodes: &[Node]) -> Result<Backend, RedisStoreError> {
    let infos = nodes
        .iter()
        .map(|node| options.connection_info(node))
        .collect::<Result<Vec<_>, _>>()?;
    let builder = ClusterClientBuilder::new(infos)
        .connection_timeout(options.connect_timeout)
        .response_timeout(options.response_timeout)
        .overall_response_timeout(Some(options.response_timeout))
        .tcp_settings(tcp_settings())
        .retries(retries(options.response_timeout))
        .min_retry_wait(SHORTEST_WAIT)
        .max_retry_wait(LONGEST_WAIT);
    #[cfg(feature = "tls")]
    let builder = match &options.tls {
        Some(tls) => builder.certs(tls.certificates()),
        None => builder,
    };
    let client = builder.build().map_err(RedisStoreError::while_connecting)?;
    let connecting = client.get_async_connection();
    match tokio::time::timeout(options.connect_timeout * 2, connecting).await {
        Ok(connected) => connected
            .map(Backend::Cluster)
            .map_err(RedisStoreError::while_connecting),
        Err(_) => Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)),
    }
}

/// As many as fit into the response time-out if each waits as long as it may. The driver cannot count beyond 60.
fn retries(response_timeout: Duration) -> u32 {
    let fitting = response_timeout.as_millis() / u128::from(LONGEST_WAIT);
    u32::try_from(fitting.clamp(3, 32)).unwrap_or(3)
}

/// In milliseconds.
const SHORTEST_WAIT: u64 = 5;
const LONGEST_WAIT: u64 = 50;
