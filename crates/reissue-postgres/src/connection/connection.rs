use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, Client, Error, Row};

use super::tls::Tls;
use crate::parameter::Parameter;
use crate::statement::{Statement, Statements};

/// One connection, used by one operation at a time.
pub(crate) struct Connection {
    client: Client,
    driver: AbortHandle,
    /// Whether the server has sent a warning. See [`has_warned`](Self::has_warned).
    warned: Arc<AtomicBool>,
    tls: Tls,
    prepared: [Option<tokio_postgres::Statement>; Statements::COUNT],
}

impl Connection {
    pub(super) fn new(
        client: Client,
        driver: AbortHandle,
        warned: Arc<AtomicBool>,
        tls: Tls,
    ) -> Self {
        Self {
            client,
            driver,
            warned,
            tls,
            prepared: [const { None }; Statements::COUNT],
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs a statement, in one round trip. Returns only after the server has committed.
    pub(crate) async fn query(
        &mut self,
        statement: &Statement,
        parameters: &[Parameter],
        is_prepared: bool,
    ) -> Result<Vec<Row>, Error> {
        self.warned.store(false, Ordering::Relaxed);
        if is_prepared {
            return self.query_prepared(statement, parameters).await;
        }
        // Without a name, and in one message with its parameters: a pooler may send the next one to
        // another server.
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> = parameters
            .iter()
            .map(|parameter| parameter as _)
            .zip(statement.types.iter().cloned())
            .collect();
        self.client.query_typed(&statement.text, &parameters).await
    }

    async fn query_prepared(
        &mut self,
        statement: &Statement,
        parameters: &[Parameter],
    ) -> Result<Vec<Row>, Error> {
        let prepared = match &self.prepared[statement.index] {
            Some(prepared) => prepared.clone(),
            None => {
                let prepared = self
                    .client
                    .prepare_typed(&statement.text, statement.types)
                    .await?;
                self.prepared[statement.index].insert(prepared).clone()
            }
        };
        let parameters: Vec<&(dyn ToSql + Sync)> =
            parameters.iter().map(|parameter| parameter as _).collect();
        self.client.query(&prepared, &parameters).await
    }

    /// Runs a statement in a transaction of its own at the level `read committed`, whatever the
    /// database's default.
    pub(crate) async fn query_read_committed(
        &mut self,
        statement: &Statement,
        parameters: &[Parameter],
    ) -> Result<Vec<Row>, Error> {
        self.client
            .batch_execute("begin isolation level read committed")
            .await?;
        let result = self.query(statement, parameters, false).await;
        let end = if result.is_ok() { "commit" } else { "rollback" };
        self.client.batch_execute(end).await?;
        result
    }

    /// Whether the server has warned since the last statement began.
    ///
    /// That is how it reports that a commit was cancelled while it waited for a standby: the
    /// statement succeeds, with a warning.
    pub(crate) fn has_warned(&self) -> bool {
        self.warned.load(Ordering::Acquire)
    }

    /// Cancels the statement that is running. The connection must not be used any more.
    ///
    /// A backend that waits, for a lock or for a standby, does not notice that its client is gone,
    /// and keeps its own locks. So it is cancelled, by a connection of its own.
    pub(crate) fn cancel(&mut self) {
        let token = self.client.cancel_token();
        let tls = self.tls.clone();
        tokio::spawn(async move {
            // An error means that the server cannot be reached.
            let _ = timeout(CANCEL_TIMEOUT, cancel(&token, tls)).await;
        });
        self.driver.abort();
    }
}

async fn cancel(token: &CancelToken, tls: Tls) -> Result<(), Error> {
    match tls {
        Tls::Off => token.cancel_query(tokio_postgres::NoTls).await,
        #[cfg(feature = "tls")]
        Tls::On(connector) => token.cancel_query(connector).await,
    }
}

const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);
