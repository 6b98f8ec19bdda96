//! How a connection is made.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo,
};
use tokio::time::timeout;

use super::cluster;
use super::connection::{Backend, Connection};
use super::sentinel;
use super::tls::Tls;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::url::Node;

/// Makes connections to what the URL names.
#[derive(Clone)]
pub(crate) struct Dialer {
    pub(crate) target: Target,
    pub(crate) options: Options,
}

#[derive(Clone)]
pub(crate) enum Target {
    Cluster(Vec<Node>),
    Sentinel {
        sentinels: Vec<Node>,
        master: String,
        account: Account,
    },
    Single(Node),
}

/// What all connections of a store have in common.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) account: Account,
    pub(crate) database: i64,
    pub(crate) tls: Option<Tls>,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
}

/// Who we are. Holds a password, so it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

impl Dialer {
    pub(crate) async fn dial(&self) -> Result<Connection, RedisStoreError> {
        let options = &self.options;
        let backend = match &self.target {
            Target::Cluster(nodes) => cluster::connect(options, nodes).await?,
            Target::Sentinel {
                sentinels,
                master,
                account,
            } => Backend::Single(sentinel::connect(options, sentinels, master, account).await?),
            Target::Single(node) => Backend::Single(options.connect(node).await?),
        };
        Ok(Connection::new(backend))
    }
}

impl Options {
    /// Connects to one server. There is no time-out for its responses: whoever asks has one.
    pub(crate) async fn connect(
        &self,
        node: &Node,
    ) -> Result<MultiplexedConnection, RedisStoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let client =
            Client::open(self.connection_info(node)?).map_err(RedisStoreError::while_connecting)?;
        let connecting = client.get_multiplexed_async_connection_with_config(&config);
        match timeout(self.connect_timeout, connecting).await {
            Ok(connected) => connected.map_err(RedisStoreError::while_connecting),
            Err(_) => Err(RedisStoreError::new(RedisStoreErrorKind::Timeout)),
        }
    }

    pub(crate) fn connection_info(
        &self,
        node: &Node,
    ) -> Result<redis::ConnectionInfo, RedisStoreError> {
        let host = node.host.clone();
        let address = match &self.tls {
            Some(tls) => tls.address(host, node.port),
            None => ConnectionAddr::Tcp(host, node.port),
        };
        let mut redis = RedisConnectionInfo::default()
            .set_db(self.database)
            .set_skip_set_lib_name();
        if let Some(username) = &self.account.username {
            redis = redis.set_username(username);
        }
        if let Some(password) = &self.account.password {
            redis = redis.set_password(password);
        }
        let info = address
            .into_connection_info()
            .map_err(RedisStoreError::while_connecting)?;
        Ok(info
            .set_redis_settings(redis)
            .set_tcp_settings(tcp_settings()))
    }
}

/// Without delay, since every command waits for an answer, and with probes, since a peer may vanish without a word.
pub(crate) fn tcp_settings() -> TcpSettings {
    let keepalive = redis::io::tcp::socket2::TcpKeepalive::new()
        .with_time(Duration::from_secs(5))
        .with_interval(Duration::from_secs(2))
        .with_retries(3);
    TcpSettings::default()
        .set_nodelay(true)
        .set_keepalive(keepalive)
}
