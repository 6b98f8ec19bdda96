//! An engine without HTTP over any store, and its twins: other servers with the same keys over the
//! same store.

use std::sync::Arc;

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use reissue::client::{AuthenticatedClient, ClientMap, Clients};
use reissue::store::{MemoryStore, Record, Store, SubjectKey};
use reissue::{
    Denial, Grant, GrantType, Policy, RefreshEndpoint, RefreshRequest, RefreshToken, Scope, Server,
    ServerBuilder, Sid, Tokens,
};
use tower::ServiceExt as _;

use crate::{
    ALL_SCOPES, FaultyStore, ManualClock, Recorder, TestKeys, TestResponse, basic, confidential,
};

/// The authorization server of all tests.
pub const ISSUER: &str = "https://id.example";

/// Who logs in.
pub const SUBJECT: &str = "alice";

/// A server that is called directly, with the confidential clients `web` and `other`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Engine<S = FaultyStore> {
    /// The server.
    pub server: Server,
    /// Its keys.
    pub keys: TestKeys,
    /// Its clock and its store's.
    pub clock: ManualClock,
    /// Its store.
    pub store: S,
    /// What happened.
    pub events: Recorder,
}

impl Engine {
    /// Over a memory store that fails on demand, with the default policy.
    #[must_use]
    pub fn new() -> Self {
        Self::with_policy(Policy::default())
    }

    /// The same with these keys.
    #[must_use]
    pub fn with_keys(keys: TestKeys) -> Self {
        let clock = ManualClock::default();
        let store = FaultyStore::new(MemoryStore::with_clock(clock.clone()));
        Self::assembled(clients(), store, &clock, keys, |server| server)
    }

    /// The same with another policy.
    #[must_use]
    pub fn with_policy(policy: Policy) -> Self {
        let clock = ManualClock::default();
        let store = FaultyStore::new(MemoryStore::with_clock(clock.clone()));
        Self::over(store, &clock, |server| server.with_policy(policy))
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Engine<S>
where
    S: Store + Clone,
{
    /// Over any store that lives by `clock`.
    pub fn over(
        store: S,
        clock: &ManualClock,
        change: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        Self::assembled(clients(), store, clock, TestKeys::generate(), change)
    }

    /// Another server with the same policy and keys over the same store, and nothing else in
    /// common.
    #[must_use]
    pub fn twin(&self) -> Self {
        self.twin_with(|server| server)
    }

    /// The same with something changed.
    #[must_use]
    pub fn twin_with(&self, change: impl FnOnce(ServerBuilder) -> ServerBuilder) -> Self {
        let policy = self.server.policy().clone();
        Self::assembled(
            clients(),
            self.store.clone(),
            &self.clock,
            self.keys.clone(),
            |server| change(server.with_policy(policy)),
        )
    }

    /// Of all that it takes.
    ///
    /// # Panics
    ///
    /// If the configuration is not good.
    pub fn assembled(
        clients: impl Clients,
        store: S,
        clock: &ManualClock,
        keys: TestKeys,
        change: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let events = Recorder::default();
        let server = Server::builder(ISSUER, keys.keys(), clients, store.clone())
            .with_clock(clock.clone())
            .with_events(events.function());
        Self {
            server: change(server).build().expect("the configuration is good"),
            keys,
            clock: clock.clone(),
            store,
            events,
        }
    }

    /// Logs [`SUBJECT`] in at `web` and gives the refresh token.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn login(&self) -> String {
        let tokens = self.try_login(ALL_SCOPES).await.expect("the login works");
        refresh_token(&tokens)
    }

    /// Logs [`SUBJECT`] in at `web` with this scope.
    ///
    /// # Errors
    ///
    /// As the engine responds.
    ///
    /// # Panics
    ///
    /// If the scope is none.
    pub async fn try_login(&self, scope: &str) -> Result<Tokens, Denial> {
        let grant = Grant::new(SUBJECT).with_scope(scope_of(scope));
        let issued = self
            .server
            .issue(&trusted("web"), GrantType::PASSWORD, grant)
            .await;
        issued.map_err(Denial::from)
    }

    /// Refreshes at `web`.
    ///
    /// # Errors
    ///
    /// As the engine responds.
    pub async fn refresh(&self, token: &str) -> Result<Tokens, Denial> {
        let request = RefreshRequest::new(RefreshToken::new(token));
        let refreshed = self.server.refresh(&trusted("web"), request).await;
        refreshed.map_err(Denial::from)
    }

    /// Refreshes at `web` and returns the new refresh token.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn successor(&self, token: &str) -> String {
        let tokens = self.refresh(token).await;
        refresh_token(&tokens.expect("the refresh token is good"))
    }

    /// Sends a form to a token endpoint that serves `refresh_token` only, with `web` authenticated
    /// in the header.
    ///
    /// # Panics
    ///
    /// Never, for a form that is text.
    pub async fn post(&self, form: &str) -> TestResponse {
        let request = Request::post("/token")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(AUTHORIZATION, basic("web"))
            .body(Full::<bytes::Bytes>::from(form.to_owned()))
            .expect("the request is well-formed");
        let Ok(response) = RefreshEndpoint::new(self.server.clone())
            .oneshot(request)
            .await;
        let (head, body) = response.into_parts();
        let Ok(body) = body.collect().await;
        let body = body.to_bytes();
        TestResponse {
            status: head.status,
            headers: head.headers,
            json: serde_json::from_slice(&body).unwrap_or_default(),
            body,
            denial: head.extensions.get().copied(),
        }
    }

    /// What the store holds of the session of a token.
    ///
    /// # Panics
    ///
    /// If the store fails.
    pub async fn record(&self, sid: Sid) -> Option<Record> {
        self.store
            .load(subject_key(), sid)
            .await
            .expect("the store works")
    }

    /// The only session of [`SUBJECT`], as the store holds it.
    ///
    /// # Panics
    ///
    /// If there are several.
    pub async fn only_record(&self) -> Option<(Sid, Record)> {
        let mut page = self
            .store
            .sessions(subject_key(), None, 2)
            .await
            .expect("the store works");
        assert!(page.families.len() < 2, "there are several sessions");
        page.families.pop()
    }

    /// The generation of the only session of [`SUBJECT`], if it lives.
    pub async fn generation(&self) -> Option<u64> {
        let (_, record) = self.only_record().await?;
        Some(record.generation)
    }

    /// Returns the generation inside a refresh token.
    pub fn generation_of(&self, token: &str) -> u64 {
        self.keys.open(token).generation
    }
}

fn clients() -> ClientMap {
    ClientMap::new([confidential("web"), confidential("other")]).expect("the clients differ")
}

/// A confidential client, as if it had authenticated.
#[must_use]
pub fn trusted(id: &str) -> AuthenticatedClient {
    AuthenticatedClient::trust(Arc::new(confidential(id)))
}

/// The name under which the store knows [`SUBJECT`].
#[must_use]
pub fn subject_key() -> SubjectKey {
    SubjectKey::derive(ISSUER, SUBJECT)
}

fn scope_of(scope: &str) -> Scope {
    scope.parse().expect("the scope is well-formed")
}

fn refresh_token(tokens: &Tokens) -> String {
    let token = tokens.refresh_token.as_ref();
    token.expect("there is a refresh token").expose().to_owned()
}
