//! Opens a connection to one server.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use tokio::time::timeout;

use super::options::Options;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::node::Node;

/// Connects to `node`, within the connect time-out.
///
/// The driver's time-out for responses is off: the caller of each command has a deadline.
pub(super) async fn connect(
    options: &Options,
    node: &Node,
) -> Result<MultiplexedConnection, RedisStoreError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_pipeline_buffer_size(QUEUED)
        .set_response_timeout(None);
    let info = options.connection_info(node)?;
    let client = Client::open(info).map_err(RedisStoreError::while_connecting)?;
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    match timeout(options.connect_timeout, connecting).await {
        Ok(connected) => connected.map_err(RedisStoreError::while_connecting),
        Err(_) => Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)),
    }
}

/// How many commands may wait for the driver to write them. With room for fewer than there are,
/// those that are written together would be as few.
const QUEUED: usize = 1_024;
