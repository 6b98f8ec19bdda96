use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::io::tcp::socket2::TcpKeepalive;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo};

use super::account::Account;
use super::tls::Tls;
use crate::error::RedisStoreError;
use crate::node::Node;

/// What all connections of a store have in common. Has no `Debug`, because it may hold a password.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) account: Account,
    pub(crate) sentinel_account: Account,
    pub(crate) database: i64,
    pub(crate) tls: Option<Tls>,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
}

impl Options {
    /// Returns the options for connections to the sentinels, which have accounts of their own and
    /// no databases.
    pub(super) fn for_sentinels(&self) -> Self {
        Self {
            account: self.sentinel_account.clone(),
            database: 0,
            ..self.clone()
        }
    }

    /// Returns the driver's description of a connection to `node`.
    pub(super) fn connection_info(&self, node: &Node) -> Result<ConnectionInfo, RedisStoreError> {
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

/// Returns settings without delay, because every command waits for its response, and with
/// keepalive probes, because a peer may vanish without closing the connection.
pub(super) fn tcp_settings() -> TcpSettings {
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(5))
        .with_interval(Duration::from_secs(2))
        .with_retries(3);
    TcpSettings::default()
        .set_nodelay(true)
        .set_keepalive(keepalive)
}
