use std::fmt;
use std::time::Duration;

use crate::config::ConfigError;
use crate::durability::Durability;
use crate::shared::Settings;
use crate::store::RedisStore;
use crate::transport::{Account, Dialer, Options, Pem, Target, Tls};
use crate::url::{Kind, Url};

impl RedisStore {
    /// A store on what `url` names, to be configured and then [built](RedisStoreBuilder::build).
    ///
    /// | URL | what is there |
    /// | --- | --- |
    /// | `redis://host:port/database` | one server |
    /// | `redis-sentinel://host:port,host:port/master/database` | the server that these sentinels call the master |
    /// | `redis-cluster://host:port,host:port` | the cluster that these nodes belong to |
    ///
    /// With `rediss` instead of `redis`, by TLS. Ports are 6379, or 26379 for sentinels, and the database is 0, unless said
    /// otherwise. `user:password@` may stand before the hosts, percent-encoded; it is never logged.
    ///
    /// ```
    /// use reissue_redis::RedisStore;
    ///
    /// let store = RedisStore::builder("redis-sentinel://10.0.0.1,10.0.0.2,10.0.0.3/main")
    ///     .with_password("sesame")
    ///     .build();
    /// assert!(store.is_ok());
    /// ```
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url.into())
    }
}

/// Configures a [`RedisStore`]; made by [`RedisStore::builder`].
#[derive(Clone)]
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    account: Account,
    sentinel_account: Account,
    pem: Pem,
    connect_timeout: Duration,
    response_timeout: Duration,
    concurrency: usize,
    settings: Settings,
}

impl RedisStoreBuilder {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            account: Account::default(),
            sentinel_account: Account::default(),
            pem: Pem::default(),
            connect_timeout: Duration::from_millis(500),
            response_timeout: Duration::from_millis(500),
            concurrency: 512,
            settings: Settings::default(),
        }
    }

    /// What every key begins with. `reissue:` unless set.
    ///
    /// Change it when several token servers that must not share sessions use one database. With another prefix the store
    /// finds none of the sessions that it had: everyone is logged out. In a cluster, a prefix with braces puts all sessions
    /// into one slot.
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// The user to log in as, if the URL names none. The server's default user unless set.
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.account.username = Some(username.into());
        self
    }

    /// The password to log in with, if the URL holds none. None unless set.
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.account.password = Some(password.into());
        self
    }

    /// The user to log in as at the sentinels. None unless set: what the URL says is for the server.
    pub fn with_sentinel_username(mut self, username: impl Into<String>) -> Self {
        self.sentinel_account.username = Some(username.into());
        self
    }

    /// The password to log in with at the sentinels. None unless set: what the URL says is for the server.
    pub fn with_sentinel_password(mut self, password: impl Into<String>) -> Self {
        self.sentinel_account.password = Some(password.into());
        self
    }

    /// Certificates, in PEM, of the authorities to trust instead of those of the operating system. Of no use without TLS.
    #[cfg(feature = "tls")]
    pub fn with_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.pem.roots = Some(pem.into());
        self
    }

    /// Certificate and private key, in PEM, for a server that asks its clients for them. Of no use without TLS.
    #[cfg(feature = "tls")]
    pub fn with_client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.pem.client = Some((certificate.into(), key.into()));
        self
    }

    /// How long one operation may take, the wait for a connection included; then it fails and clients see `503`.
    /// 500 ms unless set.
    ///
    /// Raise it for a server far away. A connection that is silent for twice as long is replaced. The connection replaced.
    pub fn with_response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long connecting to one server may take, TLS and login included. 500 ms unless set.
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How many operations may be under way at once. 512 unless set.
    ///
    /// As many again may wait, within their time-out; one more fails at once. Too few turn clients away in a rush; too
    /// many keep a server that is slow already from catching up.
    pub fn with_concurrency(mut self, operations: usize) -> Self {
        self.concurrency = operations;
        self
    }

    /// Makes a revocation succeed only when so many replicas have it, and waits that long for them, on top of the response
    /// time-out. Not unless set: then a failover may bring a revoked session back.
    ///
    /// With one, a revocation survives the loss of the master, if the replica that has it takes over: see that none is
    /// promoted that lags behind. A revocation that was not confirmed in time has taken effect on the master; clients see
    /// `503` and try again.
    pub fn with_durable_revocation(mut self, replicas: u32, within: Duration) -> Self {
        self.settings.durability = Some(Durability { replicas, within });
        self
    }

    /// By how much the server's clock may differ from ours before [`ready`](reissue::store::Store::ready) reports it.
    /// 2 seconds unless set.
    pub fn with_max_clock_skew(mut self, skew: Duration) -> Self {
        self.settings.max_clock_skew = skew;
        self
    }

    /// The store. Connects to nothing yet: the first operation does, so a server may come up later.
    ///
    /// # Errors
    ///
    /// The URL, a time-out, or a certificate cannot be used.
    pub fn build(self) -> Result<RedisStore, ConfigError> {
        let url = Url::parse(&self.url)?;
        for (key, timeout) in [
            ("connect timeout", self.connect_timeout),
            ("response timeout", self.response_timeout),
        ] {
            if timeout.is_zero() || timeout > LONGEST_TIMEOUT {
                return Err(ConfigError::new(key, "at most a minute, and not zero"));
            }
        }
        if self.concurrency == 0 {
            return Err(ConfigError::new("concurrency", "at least one"));
        }
        if let Some(durability) = self.settings.durability
            && (durability.replicas == 0
                || durability.within.as_millis() == 0
                || durability.within > LONGEST_TIMEOUT)
        {
            return Err(ConfigError::new(
                "durable revocation",
                "at least one replica and from a millisecond to a minute",
            ));
        }
        let account = Account {
            username: url.username.or(self.account.username),
            password: url.password.or(self.account.password),
        };
        if account.username.is_some() && account.password.is_none() {
            return Err(ConfigError::new("password", "one for the user"));
        }
        let (target, database) = match url.kind {
            Kind::Cluster => (Target::Cluster(url.nodes), 0),
            Kind::Sentinel { master, database } => {
                let target = Target::Sentinel {
                    sentinels: url.nodes,
                    master,
                    account: self.sentinel_account,
                };
                (target, database)
            }
            Kind::Single { database } => {
                let node = url.nodes.into_iter().next();
                let node = node.ok_or(ConfigError::new("url", "a host"))?;
                (Target::Single(node), database)
            }
        };
        let options = Options {
            account,
            database,
            tls: url.tls.then(|| Tls::new(self.pem)).transpose()?,
            connect_timeout: self.connect_timeout,
            response_timeout: self.response_timeout,
        };
        let dialer = Dialer { target, options };
        Ok(RedisStore::new(dialer, self.concurrency, self.settings))
    }
}

/// Shows nothing of what it was given: there are passwords among it.
impl fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("prefix", &self.settings.prefix)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
