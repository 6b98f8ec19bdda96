//! A server over Redis, and honest clients of it: each a session of a subject of its own.

use std::time::Duration;

use reissue::store::{Record, Store, SubjectKey};
use reissue::{Denial, Grant, GrantType, Tokens};
use reissue_redis::{RedisStore, RedisStoreErrorKind};
use reissue_tests::honest::{Honest, Outcome, Report};
use reissue_tests::{Engine, ISSUER, ManualClock, trusted};
use tokio::time::{Instant, sleep};

use super::Witness;

/// A server over Redis, and honest clients of it.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    /// Its clock stands still: the only time that counts is that of Redis.
    pub(crate) engine: Engine<RedisStore>,
    pub(crate) witness: Witness,
}

/// What is left of the clients after a fault that must not harm any.
#[derive(Debug)]
pub(crate) struct Unharmed {
    pub(crate) report: Report,
    /// Of what kind the errors of the store were that nobody has asked for before.
    pub(crate) kinds: Vec<RedisStoreErrorKind>,
}

impl Fleet {
    pub(crate) fn over(store: RedisStore) -> Self {
        let witness = Witness::default();
        let events = witness.function();
        let engine = Engine::over(store, &ManualClock::default(), |server| {
            server.with_events(events)
        });
        Self { engine, witness }
    }

    /// On what the URL names, with everything else as it is by default.
    pub(crate) fn at(url: impl Into<String>) -> Self {
        let store = RedisStore::builder(url).build();
        Self::over(store.expect("the URL is good"))
    }

    /// Another node: the same keys, a store and a connection of its own.
    pub(crate) fn node(&self, store: RedisStore) -> Self {
        let witness = Witness::default();
        let events = witness.function();
        let mut engine = self.engine.clone();
        engine.store = store;
        let engine = engine.twin_with(|server| server.with_events(events));
        Self { engine, witness }
    }

    /// Logs the clients in, each for a subject of its own.
    pub(crate) async fn login(&self, clients: usize) -> Vec<String> {
        let mut tokens = Vec::new();
        for number in 0..clients {
            tokens.push(successor(&self.try_login(number).await.expect("it serves")));
        }
        tokens
    }

    pub(crate) async fn try_login(&self, number: usize) -> Result<Tokens, Denial> {
        let scope = "read offline_access".parse();
        let grant = Grant::new(subject(number)).with_scope(scope.expect("a good scope"));
        let server = &self.engine.server;
        let issued = server
            .issue(&trusted("web"), GrantType::PASSWORD, grant)
            .await;
        issued.map_err(Denial::from)
    }

    /// One refresh as an honest client sees it.
    pub(crate) async fn refresh(&self, token: &str) -> Outcome {
        match self.engine.refresh(token).await {
            Ok(tokens) => Outcome::Refreshed(successor(&tokens)),
            Err(denial) if denial.status().is_server_error() => Outcome::Retry,
            Err(denial) => Outcome::Refused(format!("{denial:?}")),
        }
    }

    /// Clients that refresh as fast as they may while the scenario goes on, and none of which may
    /// be logged out.
    pub(crate) async fn endure<T>(
        &self,
        honest: &Honest,
        tokens: Vec<String>,
        scenario: impl Future<Output = T>,
    ) -> (Unharmed, T) {
        let fleet = self.clone();
        let (report, result) = honest
            .run(tokens, scenario, move |_, token| {
                let fleet = fleet.clone();
                async move { fleet.refresh(&token).await }
            })
            .await;
        let kinds = self.witness.take_kinds();
        assert_eq!(
            report.logged_out,
            [""; 0],
            "{:?} {kinds:?}",
            summary(&report)
        );
        assert_eq!(report.gave_up, 0, "{:?} {kinds:?}", summary(&report));
        (Unharmed { report, kinds }, result)
    }

    /// What Redis holds of a client's session.
    pub(crate) async fn record(&self, number: usize) -> Option<Record> {
        let subject = SubjectKey::derive(ISSUER, &subject(number));
        let page = self.engine.store.sessions(subject, None, 2).await;
        let mut families = page.expect("it serves").families;
        assert!(families.len() < 2, "one login is one session");
        families.pop().map(|(_, record)| record)
    }

    /// Each refresh that was answered advanced its session by one generation, and nothing else did.
    pub(crate) async fn assert_advanced_once(&self, unharmed: &Unharmed) {
        let mut refreshes = 0;
        for (number, token) in unharmed.report.tokens.iter().enumerate() {
            let token = token.as_deref().expect("nobody was logged out");
            let record = self.record(number).await.expect("the session lives");
            assert_eq!(self.engine.generation_of(token), record.generation);
            refreshes += record.generation;
        }
        assert_eq!(refreshes, unharmed.report.refreshes);
    }
}

/// Asks until Redis serves, as clients that got a 503 do.
pub(crate) async fn until_ok<T>(
    within: Duration,
    mut ask: impl AsyncFnMut() -> Result<T, Denial>,
) -> T {
    let patience = Instant::now() + within;
    loop {
        match ask().await {
            Ok(response) => return response,
            Err(denial) => {
                assert_eq!(denial.status(), 503, "{denial:?}");
                assert!(Instant::now() < patience, "{denial:?} after {within:?}");
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

pub(crate) fn successor(tokens: &Tokens) -> String {
    let token = tokens.refresh_token.as_ref();
    token.expect("there is a refresh token").expose().to_owned()
}

pub(crate) fn subject(number: usize) -> String {
    format!("user-{number}")
}

/// Without the tokens.
fn summary(report: &Report) -> Report {
    let mut report = report.clone();
    report.tokens.clear();
    report
}
