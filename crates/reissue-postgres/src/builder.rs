use std::fmt;
use std::time::Duration;

use reissue::ConfigError;
use tokio_postgres::config::SslMode;

use crate::connection::{Dialer, Host, Pem, Tls, Verification};
use crate::inner::Inner;
use crate::settings::Settings;
use crate::store::PostgresStore;
use crate::url::{Url, Wanted, is_tcp};

/// A builder of a [`PostgresStore`], created by [`PostgresStore::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use reissue_postgres::PostgresStore;
///
/// # fn example(password: String) -> Result<(), reissue::ConfigError> {
/// let store = PostgresStore::builder("postgres://reissue@10.0.0.1,10.0.0.2/sessions")
///     .with_password(password)
///     .with_durable_revocation(Duration::from_secs(1))
///     .build()?;
/// # Ok(()) }
/// # example("secret".to_owned()).unwrap();
/// ```
#[derive(Clone)]
#[must_use]
pub struct PostgresStoreBuilder {
    url: String,
    password: Option<String>,
    pem: Pem,
    connect_timeout: Option<Duration>,
    settings: Settings,
}

impl PostgresStore {
    /// Returns a builder of a store on the servers that `url` names:
    /// `postgres://user:password@host:port,host:port/database?option=value`, as libpq reads it.
    ///
    /// * `sslmode`: `disable`; `prefer` (default), TLS if the server offers it; `require`, TLS;
    ///   `verify-full` or `verify-ca`, TLS, and the certificate is verified, the name of the host
    ///   included. As with libpq, the others verify nothing, unless authorities are given.
    /// * `sslrootcert`: a file with the authorities to trust, in PEM.
    /// * `target_session_attrs`: `any` (default for one host); `read-write` or `primary` (default
    ///   for several): servers that do not take writes are passed over.
    /// * `connect_timeout`: seconds; see
    ///   [`with_connect_timeout`](PostgresStoreBuilder::with_connect_timeout).
    /// * `application_name`: default `reissue`.
    /// * `options`, `channel_binding`, `keepalives`, `tcp_user_timeout` and the like: as libpq.
    ///
    /// User and password are percent-encoded, and never logged. No connection is opened yet,
    /// neither here nor in [`build`](PostgresStoreBuilder::build).
    ///
    /// ```
    /// use reissue_postgres::PostgresStore;
    ///
    /// let store = PostgresStore::builder("postgres://reissue@localhost/sessions").build();
    /// assert!(store.is_ok());
    /// ```
    pub fn builder(url: impl Into<String>) -> PostgresStoreBuilder {
        PostgresStoreBuilder {
            url: url.into(),
            password: None,
            pem: Pem::default(),
            connect_timeout: None,
            settings: Settings::default(),
        }
    }
}

impl PostgresStoreBuilder {
    /// Sets the password to authenticate with, if the URL has none. Default: none.
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Sets the schema that has the tables and functions. Default: the first of the role's
    /// `search_path`.
    ///
    /// Give each token server a schema of its own if several that must not share sessions use one
    /// database.
    pub fn with_schema(mut self, schema: impl Into<String>) -> Self {
        self.settings.schema = Some(schema.into());
        self
    }

    /// Sets the authorities to trust, as certificates in PEM. Default: those of the file that
    /// `sslrootcert` names; otherwise those of the operating system.
    ///
    /// The server's certificate is then verified with `sslmode=require`, too.
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

    /// Sets how many connections the store opens at most. Default: 16.
    ///
    /// One connection runs one operation at a time, and one server process. More than a few for
    /// each core of the server's make it no faster. For each connection, 32 operations may wait
    /// within their response time-out; one more fails at once.
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.settings.connections = connections;
        self
    }

    /// Sets how long one operation may take, including the wait for a connection. Default: 500 ms.
    ///
    /// An operation that takes longer is cancelled and fails, and clients get `503`. Raise it for a
    /// distant server.
    pub fn with_response_timeout(mut self, timeout: Duration) -> Self {
        self.settings.response_timeout = timeout;
        self
    }

    /// Sets how long connecting to one server may take, including TLS and authentication, within
    /// the response time-out. Default: what `connect_timeout` in the URL says; otherwise 500 ms.
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Prepares each statement once for each connection. Default: off.
    ///
    /// Saves the server a part of the work for each operation. Do not use it through a pooler that
    /// gives each transaction another server connection, such as PgBouncer in transaction mode:
    /// another client may have prepared another statement under the same name there.
    pub fn with_prepared_statements(mut self) -> Self {
        self.settings.is_prepared = true;
        self
    }

    /// Lets a refresh succeed before it is on the server's disk (`synchronous_commit = off`).
    /// Default: off.
    ///
    /// Everything else is on the disk before it succeeds. When the server crashes, up to three
    /// times its `wal_writer_delay` (0.6 s by default) of refreshes are lost, as after a failover:
    /// each session is healed when its client presents the newer token. Until then, a token that
    /// was superseded in that time may pass once.
    pub fn with_relaxed_refreshes(mut self) -> Self {
        self.settings.is_relaxed = true;
        self
    }

    /// Makes a revocation succeed only once the synchronous standbys have applied it, and sets how
    /// long to wait for them, in addition to the response time-out. Default: what the server's
    /// `synchronous_commit` says, so a failover may bring a revoked session back.
    ///
    /// How many standbys that are is the server's `synchronous_standby_names`; while that is empty,
    /// every revocation fails. A revocation that was not confirmed in time has taken effect on the
    /// primary; clients get `503` and may repeat it. At most a quarter of the connections wait for
    /// standbys, so that refreshes go on without them.
    pub fn with_durable_revocation(mut self, timeout: Duration) -> Self {
        self.settings.replication_timeout = Some(timeout);
        self
    }

    /// Sets by how much the server's clock may differ from the clock of this process before
    /// [`ready`](reissue::store::Store::ready) reports it. Default: 2 seconds.
    pub fn with_max_clock_skew(mut self, skew: Duration) -> Self {
        self.settings.max_clock_skew = skew;
        self
    }

    /// Builds the store. The first operation opens a connection, so the server may start later.
    ///
    /// # Errors
    ///
    /// Returns a [`ConfigError`] if the URL, a time-out, a count, or a certificate cannot be used.
    pub fn build(self) -> Result<PostgresStore, ConfigError> {
        let url = Url::parse(&self.url, self.password.as_deref())?;
        let connect_timeout = self.connect_timeout.or(url.connect_timeout);
        let connect_timeout = connect_timeout.unwrap_or(CONNECT_TIMEOUT);
        self.check_bounds(connect_timeout)?;
        let tls = self.tls(&url)?;
        let hosts = url.hosts.iter().cloned().map(|mut config| {
            let is_encrypted = is_tcp(&config) && !matches!(tls, Tls::Off);
            if !is_encrypted {
                config.ssl_mode(SslMode::Disable);
            }
            let tls = if is_encrypted { tls.clone() } else { Tls::Off };
            Host { config, tls }
        });
        let dialer = Dialer::new(hosts.collect(), connect_timeout, url.must_be_writable);
        Ok(PostgresStore::new(Inner::new(dialer, self.settings)))
    }

    fn tls(&self, url: &Url) -> Result<Tls, ConfigError> {
        let is_wanted = match url.tls {
            Wanted::Never => false,
            Wanted::IfOffered => cfg!(feature = "tls"),
            Wanted::Always => true,
        };
        if !is_wanted {
            return Ok(Tls::Off);
        }
        let pem = self.certificates(url)?;
        // As with libpq, who names authorities wants them to be asked.
        let is_verified = url.is_verified || (pem.roots.is_some() && url.tls == Wanted::Always);
        Tls::new(
            &pem,
            if is_verified {
                Verification::Full
            } else {
                Verification::None
            },
        )
    }

    #[cfg(feature = "tls")]
    fn certificates(&self, url: &Url) -> Result<Pem, ConfigError> {
        let mut pem = self.pem.clone();
        if pem.roots.is_none()
            && let Some(file) = &url.root_file
        {
            pem.roots = Some(std::fs::read(file).map_err(|_| ROOT_FILE)?);
        }
        Ok(pem)
    }

    #[cfg(not(feature = "tls"))]
    fn certificates(&self, _: &Url) -> Result<Pem, ConfigError> {
        Ok(self.pem.clone())
    }

    fn check_bounds(&self, connect_timeout: Duration) -> Result<(), ConfigError> {
        let settings = &self.settings;
        for (key, timeout) in [
            ("connect timeout", Some(connect_timeout)),
            ("response timeout", Some(settings.response_timeout)),
            ("durable revocation", settings.replication_timeout),
        ] {
            if timeout.is_some_and(|timeout| timeout.is_zero() || timeout > MAX_TIMEOUT) {
                return Err(ConfigError::from_static(
                    key,
                    "at most a minute, and not zero",
                ));
            }
        }
        if !(1..=MAX_CONNECTIONS).contains(&settings.connections) {
            return Err(ConfigError::from_static("connections", "from 1 to 1,000"));
        }
        let is_name = |schema: &String| !schema.is_empty() && !schema.contains('\0');
        if !settings.schema.as_ref().is_none_or(is_name) {
            return Err(ConfigError::from_static("schema", "a name"));
        }
        Ok(())
    }
}

/// Shows neither the URL nor the password.
impl fmt::Debug for PostgresStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStoreBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
const MAX_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_CONNECTIONS: usize = 1_000;
#[cfg(feature = "tls")]
const ROOT_FILE: ConfigError = ConfigError::from_static("sslrootcert", "a file that can be read");
