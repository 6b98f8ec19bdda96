use std::fmt;
use std::time::Duration;

use reissue::ConfigError;

use crate::durability::Durability;
use crate::inner::Inner;
use crate::settings::Settings;
use crate::store::RedisStore;
use crate::transport::{Account, Dialer, Options, Pem, Tls};
use crate::url::Url;

/// A builder of a [`RedisStore`], created by [`RedisStore::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use reissue_redis::RedisStore;
///
/// # fn example(password: String) -> Result<(), reissue::ConfigError> {
/// let store = RedisStore::builder("redis-sentinel://10.0.0.1,10.0.0.2,10.0.0.3/main")
///     .with_password(password)
///     .with_durable_revocation(1, Duration::from_millis(500))
///     .build()?;
/// # Ok(()) }
/// # example("secret".to_owned()).unwrap();
/// ```
#[derive(Clone)]
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    account: Account,
    sentinel_account: Account,
    pem: Pem,
    connect_timeout: Duration,
    response_timeout: Duration,
    settings: Settings,
}

impl RedisStore {
    /// Returns a builder of a store on the servers that `url` names.
    ///
    /// | URL | servers |
    /// | --- | --- |
    /// | `redis://host:port/database` | one server |
    /// | `redis-sentinel://host:port,host:port/master/database` | the master behind sentinels |
    /// | `redis-cluster://host:port,host:port` | the cluster that these nodes belong to |
    ///
    /// The schemes `rediss`, `rediss-sentinel` and `rediss-cluster` connect by TLS. The default
    /// port is 6379, or 26379 for sentinels; the default database is 0. `user:password@` may
    /// precede the hosts, percent-encoded, and is never logged.
    ///
    /// No connection is opened yet, neither here nor in [`build`](RedisStoreBuilder::build).
    ///
    /// ```
    /// use reissue_redis::RedisStore;
    ///
    /// let store = RedisStore::builder("redis://localhost:6379").build();
    /// assert!(store.is_ok());
    /// ```
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder {
            url: url.into(),
            account: Account::default(),
            sentinel_account: Account::default(),
            pem: Pem::default(),
            connect_timeout: Duration::from_millis(500),
            response_timeout: Duration::from_millis(500),
            settings: Settings::default(),
        }
    }
}

impl RedisStoreBuilder {
    /// Sets what every key begins with. Default: `reissue:`.
    ///
    /// Change it if several token servers that must not share sessions use one database. A store
    /// with another prefix does not find its earlier sessions, so everyone is logged out. In a
    /// cluster, a prefix with braces puts all sessions into one slot.
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// Sets the username to authenticate with, if the URL has none. Default: Redis' default user.
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.account.username = Some(username.into());
        self
    }

    /// Sets the password to authenticate with, if the URL has none. Default: none.
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.account.password = Some(password.into());
        self
    }

    /// Sets the username for the sentinels. Default: none. The one in the URL is for the server
    /// only.
    pub fn with_sentinel_username(mut self, username: impl Into<String>) -> Self {
        self.sentinel_account.username = Some(username.into());
        self
    }

    /// Sets the password for the sentinels. Default: none. The one in the URL is for the server
    /// only.
    pub fn with_sentinel_password(mut self, password: impl Into<String>) -> Self {
        self.sentinel_account.password = Some(password.into());
        self
    }

    /// Sets the authorities to trust, as certificates in PEM. Default: those of the operating
    /// system. Has no effect without TLS.
    #[cfg(feature = "tls")]
    pub fn with_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.pem.roots = Some(pem.into());
        self
    }

    /// Sets the client certificate and its private key, in PEM, for servers that need one. Default:
    /// none. Has no effect without TLS.
    #[cfg(feature = "tls")]
    pub fn with_client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.pem.client = Some((certificate.into(), key.into()));
        self
    }

    /// Sets how long one operation may take, including the wait for a connection. Default: 500 ms.
    ///
    /// An operation that takes longer fails, and clients get `503`. Raise it for a distant server.
    /// A connection that does not respond for twice as long is replaced.
    pub fn with_response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Sets how long connecting to one server may take, including TLS and authentication. Default:
    /// 500 ms.
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how many operations may run at once. Default: 512.
    ///
    /// As many again may wait, within their response time-out; one more fails at once. With too
    /// few, clients get `503` under bursts of load. With too many, a server that has become slow
    /// cannot catch up.
    pub fn with_concurrency(mut self, operations: usize) -> Self {
        self.settings.concurrency = operations;
        self
    }

    /// Makes a revocation succeed only once this number of replicas has it, and sets how long to
    /// wait for them, in addition to the response time-out. Default: a revocation waits for no
    /// replica, so a failover may bring a revoked session back.
    ///
    /// A durable revocation survives the loss of the master, provided that a replica which has it
    /// is promoted: make sure that no replica is promoted that lags behind. A revocation that was
    /// not confirmed in time has taken effect on the master; clients get `503` and may repeat it.
    pub fn with_durable_revocation(mut self, replicas: u32, timeout: Duration) -> Self {
        self.settings.durability = Some(Durability { replicas, timeout });
        self
    }

    /// Sets by how much the server's clock may differ from the clock of this process before
    /// [`ready`](reissue::store::Store::ready) reports it. Default: 2 seconds.
    pub fn with_max_clock_skew(mut self, skew: Duration) -> Self {
        self.settings.max_clock_skew = skew;
        self
    }

    /// Builds the store. The first operation opens the connection, so the server may start later.
    ///
    /// # Errors
    ///
    /// Returns a [`ConfigError`] if the URL, a time-out, a count, or a certificate cannot be used.
    pub fn build(self) -> Result<RedisStore, ConfigError> {
        let url = Url::parse(&self.url)?;
        self.check_bounds()?;
        let account = Account {
            username: url.username.or(self.account.username),
            password: url.password.or(self.account.password),
        };
        if account.username.is_some() && account.password.is_none() {
            return Err(ConfigError::from_static("password", "one for the user"));
        }
        let options = Options {
            account,
            sentinel_account: self.sentinel_account,
            database: url.database,
            tls: url.tls.then(|| Tls::new(self.pem)).transpose()?,
            connect_timeout: self.connect_timeout,
            response_timeout: self.response_timeout,
        };
        let dialer = Dialer::new(url.topology, options);
        Ok(RedisStore::new(Inner::new(dialer, self.settings)))
    }

    fn check_bounds(&self) -> Result<(), ConfigError> {
        for (key, timeout) in [
            ("connect timeout", self.connect_timeout),
            ("response timeout", self.response_timeout),
        ] {
            if timeout.is_zero() || timeout > MAX_TIMEOUT {
                return Err(ConfigError::from_static(
                    key,
                    "at most a minute, and not zero",
                ));
            }
        }
        if self.settings.concurrency == 0 {
            return Err(ConfigError::from_static("concurrency", "at least one"));
        }
        if let Some(Durability { replicas, timeout }) = self.settings.durability
            && (replicas == 0 || timeout.as_millis() == 0 || timeout > MAX_TIMEOUT)
        {
            return Err(ConfigError::from_static(
                "durable revocation",
                "at least one replica, and from a millisecond to a minute",
            ));
        }
        Ok(())
    }
}

/// Shows neither the URL nor the accounts: they contain passwords.
impl fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

const MAX_TIMEOUT: Duration = Duration::from_secs(60);
