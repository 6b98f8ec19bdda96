//! A session on a server that refuses to serve it for a while.

use std::time::Duration;

use http::header::RETRY_AFTER;
use reissue::Denial;
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::Proxy;
use reissue_tests::honest::Outcome;
use reissue_tests::redis::{RedisServer, RedisServerBuilder};
use reissue_tests::resp::{RespClient, Value};
use tokio::time::{Instant, sleep};

use super::{Fleet, until_ok};

/// A session on a server that is about to refuse.
pub(super) struct Refused {
    pub(super) server: RedisServer,
    /// A connection of the test's own, which has authenticated as long as it could.
    pub(super) admin: RespClient,
    pub(super) fleet: Fleet,
    pub(super) token: String,
    held: Value,
}

impl Refused {
    pub(super) async fn start() -> Self {
        Self::on(RedisServer::builder()).await
    }

    pub(super) async fn on(server: RedisServerBuilder) -> Self {
        let server = with_user(server).start();
        let url = server.url();
        Self::at(server, url).await
    }

    pub(super) async fn behind_a_proxy() -> (Self, Proxy) {
        let server = with_user(RedisServer::builder().durable()).start();
        let proxy = Proxy::start(server.port());
        (Self::at(server, proxy.url()).await, proxy)
    }

    async fn at(server: RedisServer, url: String) -> Self {
        let admin = RespClient::connect(server.port()).expect("it listens");
        let store = RedisStore::builder(url)
            .with_username(USER)
            .with_password(PASSWORD);
        let fleet = Fleet::over(store.build().expect("the configuration is good"));
        let token = fleet.login(1).await.remove(0);
        let token = fleet.engine.successor(&token).await;
        let mut refused = Self {
            server,
            admin,
            fleet,
            token,
            held: Value::Nil,
        };
        refused.held = refused.sessions();
        refused
    }

    pub(super) fn ask<A>(&mut self, words: &[A]) -> Value
    where
        A: AsRef<[u8]>,
    {
        let reply = self.admin.call(words).expect("the server responds");
        assert!(!matches!(reply, Value::Error(_)), "{reply:?}");
        reply
    }

    /// All that the server holds of the only subject, byte by byte.
    pub(super) fn sessions(&mut self) -> Value {
        let key = self.key();
        self.ask(&["HGETALL", &key])
    }

    /// Where that is.
    pub(super) fn key(&mut self) -> String {
        self.ask(&["KEYS", "reissue:*"]).text()
    }

    /// An honest client is told to come back, and the operator why.
    pub(super) async fn is_told(&mut self, expected: Kind) {
        drop(self.fleet.witness.take_kinds());
        for _ in 0..3 {
            let form = format!("grant_type=refresh_token&refresh_token={}", self.token);
            let response = self.fleet.engine.post(&form).await;
            assert_eq!(response.summary(), "503 temporarily_unavailable");
            assert!(response.headers.contains_key(RETRY_AFTER));
            assert_eq!(self.fleet.witness.take_kinds(), [expected]);
        }
    }

    /// Another reason takes the place of the last one: a server that refused to serve is not asked
    /// at once again.
    pub(super) async fn comes_to(&mut self, expected: Kind) {
        let patience = Instant::now() + Duration::from_secs(5);
        let mut told = Vec::new();
        while told != [expected] {
            assert!(Instant::now() < patience, "{told:?}");
            drop(self.fleet.witness.take_kinds());
            assert_eq!(self.fleet.refresh(&self.token).await, Outcome::Retry);
            told = self.fleet.witness.take_kinds();
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// A connection that was refused is not tried again at once.
    async fn serves(&self) {
        let ready = async || {
            let ready = self.fleet.engine.server.ready().await;
            ready.map_err(|_| Denial::StoreUnavailable)
        };
        until_ok(Duration::from_secs(5), ready).await;
    }

    /// Nothing changed meanwhile, and the token is good.
    pub(super) async fn is_alive(&mut self) {
        self.serves().await;
        assert_eq!(self.sessions(), self.held, "the record is unchanged");
        self.goes_on().await;
    }

    /// The token is good, and its refresh is one generation.
    pub(super) async fn goes_on(&mut self) {
        let generation = self.fleet.engine.generation_of(&self.token);
        self.token = self.fleet.engine.successor(&self.token).await;
        let successor = self.fleet.engine.generation_of(&self.token);
        assert_eq!(successor, generation + 1);
        let record = self.fleet.record(0).await.expect("the session lives");
        assert_eq!(record.generation, successor);
        self.held = self.sessions();
    }
}

fn with_user(server: RedisServerBuilder) -> RedisServerBuilder {
    server.user(USER, &format!("on >{PASSWORD} ~* +@all"))
}

pub(super) const USER: &str = "store";
pub(super) const PASSWORD: &str = "open";
