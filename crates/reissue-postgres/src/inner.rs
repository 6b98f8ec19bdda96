use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;

use crate::connection::{Connection, Dialer, Permit, Pool};
use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
use crate::migrations;
use crate::parameter::Parameter;
use crate::settings::Settings;
use crate::statement::{Statement, Statements};
use crate::sweeper::Sweeper;

/// What the clones of a store share. Runs statements, each within the store's bounds.
pub(crate) struct Inner {
    pool: Pool,
    statements: Statements,
    settings: Settings,
    sweeper: Sweeper,
    next_attempt: AtomicU64,
}

/// One operation: a statement and what goes with it.
pub(crate) struct Command {
    pub(crate) statement: fn(&Statements) -> &Statement,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) effect: Effect,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Look,
    Write,
    /// A write that must not be lost.
    Revoke,
}

impl Inner {
    pub(crate) fn new(dialer: Dialer, settings: Settings) -> Self {
        Self {
            pool: Pool::new(dialer, settings.connections),
            statements: Statements::new(settings.schema.as_deref()),
            settings,
            sweeper: Sweeper::new(),
            next_attempt: AtomicU64::new(RandomState::new().hash_one(0)),
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns a number that identifies a request which has no attempt of its own.
    pub(crate) fn attempt(&self) -> [u8; 8] {
        self.next_attempt
            .fetch_add(1, Ordering::Relaxed)
            .to_be_bytes()
    }

    /// Runs an operation and returns its rows.
    ///
    /// It runs in a task of its own. Whoever drops this future drops the result, not the operation:
    /// the connection stays usable, and the operation is cancelled at its deadline all the same.
    pub(crate) async fn execute(
        self: &Arc<Self>,
        command: Command,
    ) -> Result<Vec<Row>, PostgresStoreError> {
        let now = Instant::now();
        let mut deadline = now + self.settings.response_timeout;
        let replication = match command.effect {
            Effect::Revoke => self.settings.replication_timeout,
            Effect::Look | Effect::Write => None,
        };
        let permit = self.pool.acquire(deadline, replication.is_some()).await?;
        deadline += replication.unwrap_or_default();
        let inner = self.clone();
        let task = tokio::spawn(async move { inner.run(command, deadline, permit).await });
        // An error means that the runtime is shutting down.
        task.await
            .map_err(|_| PostgresStoreError::new(PostgresStoreErrorKind::ConnectionLost))?
    }

    async fn run(
        self: Arc<Self>,
        command: Command,
        deadline: Instant,
        permit: Permit,
    ) -> Result<Vec<Row>, PostgresStoreError> {
        let (mut lost, mut contended) = (0, 0);
        loop {
            let mut connection = self.pool.connection(deadline).await?;
            let result = self
                .query(&mut connection, &command, contended > 0, deadline)
                .await;
            let error = match result {
                Ok(rows) => {
                    self.give_back(connection, permit, command.effect);
                    return Ok(rows);
                }
                Err(Failure { error, is_usable }) => {
                    if is_usable {
                        self.pool.put_back(connection);
                    }
                    error
                }
            };
            match error.kind() {
                // Sent again, every operation has the effect of once.
                PostgresStoreErrorKind::Locked if contended < RETRIES => contended += 1,
                PostgresStoreErrorKind::ConnectionLost
                | PostgresStoreErrorKind::ReadOnly
                | PostgresStoreErrorKind::ShuttingDown
                    if lost < RETRIES =>
                {
                    // The others lead to the same server.
                    self.pool.clear();
                    lost += 1;
                }
                _ => return Err(error),
            }
        }
    }

    async fn query(
        &self,
        connection: &mut Connection,
        command: &Command,
        at_read_committed: bool,
        deadline: Instant,
    ) -> Result<Vec<Row>, Failure> {
        let statement = (command.statement)(&self.statements);
        let parameters = &command.parameters;
        let query = async {
            if at_read_committed {
                return connection.query_read_committed(statement, parameters).await;
            }
            let is_prepared = self.settings.is_prepared;
            connection.query(statement, parameters, is_prepared).await
        };
        let result = timeout_at(deadline, query).await;
        match result {
            Ok(Ok(rows)) => {
                // The commit was cancelled while it waited for a standby.
                if command.effect == Effect::Revoke && connection.has_warned() {
                    return Err(Failure::of(PostgresStoreErrorKind::NotDurable));
                }
                Ok(rows)
            }
            Ok(Err(error)) => Err(Failure {
                is_usable: error.as_db_error().is_some() && !connection.is_closed(),
                error: PostgresStoreError::of_driver(&error),
            }),
            Err(_) => {
                connection.cancel();
                let is_durable = self.settings.replication_timeout.is_some();
                Err(Failure::of(match command.effect {
                    Effect::Revoke if is_durable => PostgresStoreErrorKind::NotDurable,
                    _ => PostgresStoreErrorKind::Timeout,
                }))
            }
        }
    }

    /// Makes the connection free for others, after it has swept if that is due.
    fn give_back(self: Arc<Self>, mut connection: Connection, permit: Permit, effect: Effect) {
        if effect == Effect::Look || !self.sweeper.is_due() {
            self.pool.put_back(connection);
            return;
        }
        tokio::spawn(async move {
            let _permit = permit;
            let deadline = Instant::now() + self.settings.response_timeout;
            let sweep = self.sweeper.sweep(&mut connection, &self.statements.sweep);
            match timeout_at(deadline, sweep).await {
                Ok(()) => self.pool.put_back(connection),
                Err(_) => connection.cancel(),
            }
        });
    }

    /// Takes the steps of the migrations that the database lacks.
    pub(crate) async fn migrate(&self) -> Result<(), PostgresStoreError> {
        let deadline = Instant::now() + self.settings.response_timeout.max(MIGRATION_CONNECT);
        let mut connection = self.pool.open(deadline).await?;
        migrations::migrate(&mut connection, self.settings.schema.as_deref()).await
    }
}

/// An error of one attempt.
struct Failure {
    error: PostgresStoreError,
    /// Whether the connection may be used for the next operation.
    is_usable: bool,
}

impl Failure {
    fn of(kind: PostgresStoreErrorKind) -> Self {
        Self {
            error: PostgresStoreError::new(kind),
            is_usable: false,
        }
    }
}

/// How often an operation is tried again: after a lost connection, and after a conflict with
/// another transaction.
const RETRIES: u32 = 2;

/// Nobody waits for a response while the schema is migrated.
const MIGRATION_CONNECT: std::time::Duration = std::time::Duration::from_secs(10);
