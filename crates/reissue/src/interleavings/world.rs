//! A server that is called directly, with one public client and a clock that stands still.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use shuttle::future::block_on;

use crate::client::{AuthenticatedClient, Client, ClientMap};
use crate::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use crate::store::{MemoryStore, Record, Store as _, SubjectKey};
use crate::token::jwt::Jwt;
use crate::token::refresh::RefreshTokens;
use crate::{
    Denial, Grant, GrantType, Keys, Lifetime, Policy, PresentedToken, RefreshRequest, RefreshToken,
    Server, ServerBuilder, Sid, Timestamp,
};

/// A server, its client and its clock. Clones share them.
#[derive(Clone)]
pub(super) struct World {
    pub(super) server: Server,
    store: MemoryStore,
    clock: Arc<AtomicU64>,
    opener: Arc<RefreshTokens>,
}

impl World {
    /// Sessions end after 1000 seconds without a refresh; grace is 60.
    pub(super) fn new() -> Self {
        Self::with(|server| server)
    }

    pub(super) fn with(change: impl FnOnce(ServerBuilder) -> ServerBuilder) -> Self {
        let (signing, sealing) = keys();
        let clock = Arc::new(AtomicU64::new(1_800_000_000));
        let told = clock.clone();
        let clock_of = move || Timestamp::from_secs(told.load(Ordering::SeqCst));
        let store = MemoryStore::with_clock(clock_of.clone());
        let rings = (KeyRing::new(signing), KeyRing::new(sealing));
        let keys = Keys::new(Jwt::new(rings.0), rings.1.clone());
        let clients = ClientMap::new([Client::public("app")]).unwrap();
        let builder = Server::builder(ISSUER, keys, clients, store.clone())
            .with_clock(clock_of)
            .with_policy(policy());
        Self {
            server: change(builder).build().unwrap(),
            store,
            clock,
            opener: Arc::new(RefreshTokens::new(rings.1, ISSUER)),
        }
    }

    /// Returns a job that runs in this world with this token.
    pub(super) fn job<T>(
        &self,
        token: &str,
        job: impl FnOnce(&Self, &str) -> T + Send + 'static,
    ) -> impl FnOnce() -> T + Send + 'static {
        let (world, token) = (self.clone(), token.to_owned());
        move || job(&world, &token)
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub(super) fn login(&self) -> Result<String, Denial> {
        let app = app();
        let issued = self
            .server
            .issue(&app, GrantType::PASSWORD, Grant::new(SUBJECT));
        let tokens = block_on(issued).map_err(Denial::from)?;
        Ok(tokens.refresh_token.unwrap().expose().to_owned())
    }

    pub(super) fn refresh(&self, token: &str) -> Result<String, Denial> {
        let request = RefreshRequest::new(RefreshToken::new(token));
        let refreshed = block_on(self.server.refresh(&app(), request));
        let tokens = refreshed.map_err(Denial::from)?;
        Ok(tokens.refresh_token.unwrap().expose().to_owned())
    }

    pub(super) fn revoke(&self, token: &str) {
        block_on(self.server.revoke(&app(), PresentedToken::new(token))).unwrap();
    }

    /// Ends all sessions but one, or all.
    pub(super) fn revoke_all(&self, except: Option<Sid>) -> u64 {
        block_on(self.server.revoke_sessions(SUBJECT, except)).unwrap()
    }

    pub(super) fn generation_of(&self, token: &str) -> u64 {
        self.open(token).0
    }

    pub(super) fn sid_of(&self, token: &str) -> Sid {
        self.open(token).1
    }

    pub(super) fn record(&self, token: &str) -> Option<Record> {
        block_on(self.store.load(subject_key(), self.sid_of(token))).unwrap()
    }

    pub(super) fn sessions(&self) -> usize {
        let page = block_on(self.store.sessions(subject_key(), None, 100));
        page.unwrap().families.len()
    }

    /// Asserts that no token of the session is accepted.
    pub(super) fn assert_over(&self, tokens: &[&str]) {
        for token in tokens {
            assert_eq!(self.refresh(token), Err(Denial::SessionMissing));
        }
        assert_eq!(self.record(tokens[0]), None);
    }

    /// The session is at this generation, which this token is of and which refreshes.
    pub(super) fn assert_at(&self, generation: u64, newest: &str) {
        assert_eq!(self.record(newest).unwrap().generation, generation);
        assert_eq!(self.generation_of(newest), generation);
        let next = self.refresh(newest).unwrap();
        assert_eq!(self.generation_of(&next), generation + 1);
    }

    fn open(&self, token: &str) -> (u64, Sid) {
        let opened = self.opener.open(token, Timestamp::default()).ok().unwrap();
        (opened.generation, opened.secret.sid())
    }
}

pub(super) fn policy() -> Policy {
    let idle = Lifetime::For(Duration::from_secs(1_000));
    Policy::builder().with_idle_ttl(idle).build().unwrap()
}

pub(super) fn without_grace() -> Policy {
    let policy = policy().to_builder().with_grace(Duration::ZERO);
    policy.build().unwrap()
}

fn app() -> AuthenticatedClient {
    AuthenticatedClient::trust(Client::public("app"))
}

fn subject_key() -> SubjectKey {
    SubjectKey::derive(ISSUER, SUBJECT)
}

/// The same in every world: they are not what is tested.
fn keys() -> (SigningKey, SymmetricKey) {
    static KEYS: OnceLock<(SigningKey, SymmetricKey)> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let signing = SigningKey::generate(Algorithm::EdDsa).unwrap();
        (signing, SymmetricKey::generate().unwrap())
    });
    keys.clone()
}

pub(super) const SUBJECT: &str = "alice";

const ISSUER: &str = "https://id.example";
