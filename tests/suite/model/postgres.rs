//! The Postgres store on a server whose clock is a row of a table.

use std::time::Duration;

use reissue::Clock as _;
use reissue_postgres::PostgresStore;
use reissue_tests::ManualClock;
use reissue_tests::postgres::PostgresServer;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

use super::world::World;

/// A server of the model's own, and what is connected to it.
pub(super) struct Server {
    server: PostgresServer,
    connected: OnceCell<Connected>,
}

struct Connected {
    store: PostgresStore,
    client: Client,
}

impl Server {
    pub(super) fn start() -> Self {
        let server = PostgresServer::builder()
            // What is tested does not depend on the disk.
            .config("fsync = off")
            .config("autovacuum = off")
            .start();
        Self {
            server,
            connected: OnceCell::new(),
        }
    }

    async fn connected(&self) -> &Connected {
        self.connected.get_or_init(|| self.connect()).await
    }

    async fn connect(&self) -> Connected {
        self.server.run("create database model").await;
        self.server.run(SEARCH_PATH).await;
        let url = format!("postgres://postgres@127.0.0.1:{}/model", self.server.port());
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(CLOCK).await.unwrap();
        let store = PostgresStore::builder(&url)
            .with_connections(2)
            .with_response_timeout(Duration::from_secs(20))
            .with_prepared_statements()
            .build()
            .unwrap();
        store.migrate().await.unwrap();
        client.batch_execute(REMEMBERED).await.unwrap();
        Connected { store, client }
    }
}

/// A database without sessions, by a clock that stands still.
pub(super) struct Postgres<'a> {
    clock: ManualClock,
    connected: &'a Connected,
}

impl<'a> Postgres<'a> {
    /// The server must be this world's alone; what another has left is removed.
    pub(super) async fn on(server: &'a Server) -> Self {
        let world = Self {
            clock: ManualClock::default(),
            connected: server.connected().await,
        };
        world
            .run("truncate reissue_session, reissue_one_time_id, remembered")
            .await;
        world.set_clock().await;
        world
    }

    async fn set_clock(&self) {
        let now = self.clock.now().as_secs();
        self.run(&format!("update clock set now = to_timestamp({now})"))
            .await;
    }

    async fn run(&self, statements: &str) {
        self.connected
            .client
            .batch_execute(statements)
            .await
            .unwrap();
    }
}

impl World for Postgres<'_> {
    type Store = PostgresStore;

    const TICK: u64 = 1;

    const COUNTS_EXACTLY: bool = false;

    fn store(&self) -> PostgresStore {
        self.connected.store.clone()
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn begin_step(&mut self) {}

    async fn pass(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.set_clock().await;
    }

    async fn remember(&mut self, depth: usize) {
        self.run(&format!(
            "delete from remembered where depth >= {depth};
            insert into remembered select {depth}, session from reissue_session session"
        ))
        .await;
    }

    async fn fail_over(&mut self, depth: usize) {
        self.run(&format!(
            "delete from reissue_session;
            insert into reissue_session select (session).* from remembered where depth = {depth}"
        ))
        .await;
    }
}

/// Names without a schema are first looked for among those of the model, and then among those of
/// the server: the store finds the model's clock.
const SEARCH_PATH: &str = "alter database model set search_path = public, pg_catalog";

const CLOCK: &str = "
    create table clock (now timestamptz not null);
    insert into clock values (to_timestamp(0));
    create function clock_timestamp() returns timestamptz
        language sql volatile as 'select now from clock'";

const REMEMBERED: &str =
    "create table remembered (depth bigint not null, session reissue_session not null)";
