//! Opens a connection to all nodes of a cluster.

use std::time::Duration;

use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use tokio::time::timeout;

use super::options::{Options, tcp_settings};
use super::single;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::node::Node;

/// Connects to the cluster that `nodes` belong to.
///
/// The driver follows `MOVED` and `ASK`. On `TRYAGAIN` and `CLUSTERDOWN` it waits and tries again,
/// for about half of the response time-out, so that the caller gets that error and not a time-out.
/// It sends a command again if the response was lost; the scripts are idempotent for that reason.
pub(super) async fn connect(
    options: &Options,
    nodes: &[Node],
) -> Result<ClusterConnection, RedisStoreError> {
    match try_connect(options, nodes).await {
        Err(error) if options.tls.is_some() => {
            Err(tls_error(options, nodes).await.unwrap_or(error))
        }
        connected => connected,
    }
}

async fn try_connect(
    options: &Options,
    nodes: &[Node],
) -> Result<ClusterConnection, RedisStoreError> {
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
        .min_retry_wait(MIN_RETRY_WAIT_MILLIS)
        .max_retry_wait(MAX_RETRY_WAIT_MILLIS);
    #[cfg(feature = "tls")]
    let builder = match &options.tls {
        Some(tls) => builder.certs(tls.certificates()),
        None => builder,
    };
    let client = builder.build().map_err(RedisStoreError::while_connecting)?;
    let connecting = client.get_async_connection();
    match timeout(options.connect_timeout * 2, connecting).await {
        Ok(connected) => connected.map_err(RedisStoreError::while_connecting),
        Err(_) => Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)),
    }
}

/// Returns the TLS error of the first node that has one.
///
/// The driver reports of a cluster only that it could not connect. So the nodes are tried one by
/// one, together within the time-out for one connection.
async fn tls_error(options: &Options, nodes: &[Node]) -> Option<RedisStoreError> {
    let find = async {
        for node in nodes {
            match single::connect(options, node).await {
                Err(error) if error.kind() == RedisStoreErrorKind::Tls => return Some(error),
                _ => {}
            }
        }
        None
    };
    timeout(options.connect_timeout, find).await.ok().flatten()
}

/// Returns how many retries fit into the response time-out if each waits as long as it may. The
/// driver overflows beyond 60.
fn retries(response_timeout: Duration) -> u32 {
    let fitting = response_timeout.as_millis() / u128::from(MAX_RETRY_WAIT_MILLIS);
    u32::try_from(fitting.clamp(3, 32)).unwrap_or(3)
}

const MIN_RETRY_WAIT_MILLIS: u64 = 5;
const MAX_RETRY_WAIT_MILLIS: u64 = 50;
