use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, Socket};

use super::connection::Connection;
use super::driver::drive;
use super::tls::Tls;
use crate::error::{PostgresStoreError, PostgresStoreErrorKind};

/// One server of the list, with how to connect to it. Has no `Debug`, because it holds the
/// password.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
}

/// Opens connections to the first of the servers that will do.
pub(crate) struct Dialer {
    hosts: Vec<Host>,
    connect_timeout: Duration,
    must_be_writable: bool,
    /// The server that the next attempt begins with: the last one that would do.
    preferred: AtomicUsize,
}

impl Dialer {
    pub(crate) fn new(hosts: Vec<Host>, connect_timeout: Duration, must_be_writable: bool) -> Self {
        Self {
            hosts,
            connect_timeout,
            must_be_writable,
            preferred: AtomicUsize::new(0),
        }
    }

    /// Connects to one server after the other, until one will do. What time there is is divided
    /// among those that are left.
    pub(crate) async fn connect(
        &self,
        deadline: Instant,
    ) -> Result<Connection, PostgresStoreError> {
        let count = self.hosts.len();
        let first = self.preferred.load(Ordering::Relaxed);
        let mut worst = PostgresStoreError::new(PostgresStoreErrorKind::RefusedConnection);
        for tried in 0..count {
            let index = (first + tried) % count;
            let left = deadline.saturating_duration_since(Instant::now());
            let share = left / u32::try_from(count - tried).unwrap_or(u32::MAX);
            let budget = share.min(self.connect_timeout);
            let error = match timeout(budget, self.connect_to(&self.hosts[index])).await {
                Ok(Ok(connection)) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(connection);
                }
                Ok(Err(error)) => error,
                Err(_) => {
                    // It may be gone for long: the next attempt has its time for the others.
                    self.preferred.store((index + 1) % count, Ordering::Relaxed);
                    PostgresStoreError::new(PostgresStoreErrorKind::Timeout)
                }
            };
            if tried == 0 || weight(error.kind()) > weight(worst.kind()) {
                worst = error;
            }
        }
        Err(worst)
    }

    async fn connect_to(&self, host: &Host) -> Result<Connection, PostgresStoreError> {
        let connection = match &host.tls {
            Tls::Off => Self::open(host, NoTls).await,
            #[cfg(feature = "tls")]
            Tls::On(connector) => Self::open(host, connector.clone()).await,
        };
        let connection = connection.map_err(|error| PostgresStoreError::of_driver(&error))?;
        if self.must_be_writable {
            let is_writable = is_writable(connection.client())
                .await
                .map_err(|error| PostgresStoreError::of_driver(&error))?;
            if !is_writable {
                return Err(PostgresStoreError::new(PostgresStoreErrorKind::ReadOnly));
            }
        }
        Ok(connection)
    }

    async fn open<T>(host: &Host, tls: T) -> Result<Connection, tokio_postgres::Error>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, connection) = host.config.connect(tls).await?;
        let warned = Arc::new(AtomicBool::new(false));
        let driver = tokio::spawn(drive(connection, warned.clone()));
        let driver = driver.abort_handle();
        Ok(Connection::new(client, driver, warned, host.tls.clone()))
    }
}

async fn is_writable(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let messages = client.simple_query("show transaction_read_only").await?;
    Ok(messages.iter().any(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0) == Some("off"),
        _ => false,
    }))
}

/// Of several servers' errors, the one that says most is reported.
fn weight(kind: PostgresStoreErrorKind) -> u8 {
    match kind {
        PostgresStoreErrorKind::RefusedConnection => 0,
        PostgresStoreErrorKind::Timeout => 1,
        PostgresStoreErrorKind::ReadOnly => 2,
        _ => 3,
    }
}
