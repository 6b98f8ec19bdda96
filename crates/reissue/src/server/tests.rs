//! What a server does when the operating system gives no randomness.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::client::{AuthenticatedClient, Client, ClientMap};
use crate::event::Event;
use crate::key::{KeyRing, SymmetricKey};
use crate::secret::tests::without_randomness;
use crate::store::MemoryStore;
use crate::token::PasetoLocal;
use crate::{Denial, Grant, GrantType, Keys, Policy, RefreshRequest, RefreshToken, Server};

struct Subject {
    server: Server,
    failures: Arc<Mutex<Vec<Denial>>>,
}

impl Subject {
    fn with(keys: Keys, policy: Policy) -> Self {
        let failures = Arc::new(Mutex::new(Vec::new()));
        let seen = failures.clone();
        let clients = ClientMap::new([Client::public("app")]).unwrap();
        let server = Server::builder("https://id.example", keys, clients, MemoryStore::new())
            .with_policy(policy)
            .with_events(move |event| {
                if let Event::Failed { denial, .. } = event {
                    seen.lock().unwrap().push(*denial);
                }
            });
        Self {
            server: server.build().unwrap(),
            failures,
        }
    }

    fn login(&self) -> Result<RefreshToken, Denial> {
        let app = AuthenticatedClient::trust(Client::public("app"));
        let issued = now(self
            .server
            .issue(&app, GrantType::PASSWORD, Grant::new("alice")));
        let issued = issued.map_err(Denial::from);
        issued.map(|tokens| tokens.refresh_token.unwrap())
    }

    fn refresh(&self, token: &RefreshToken) -> Result<RefreshToken, Denial> {
        let app = AuthenticatedClient::trust(Client::public("app"));
        let refreshed = now(self
            .server
            .refresh(&app, RefreshRequest::new(token.clone())));
        let refreshed = refreshed.map_err(Denial::from);
        refreshed.map(|tokens| tokens.refresh_token.unwrap())
    }

    fn sessions(&self) -> usize {
        now(self.server.sessions("alice")).unwrap().len()
    }
}

/// Every combination that needs randomness in another place.
fn subjects() -> [Subject; 3] {
    let ring = || KeyRing::new(SymmetricKey::generate().unwrap());
    let local = Keys::new(PasetoLocal::new(ring(), "access"), ring());
    let jitter = Policy::builder()
        .with_access_jitter(Duration::from_secs(60))
        .build()
        .unwrap();
    [
        Subject::with(Keys::generate(), Policy::default()),
        Subject::with(Keys::generate(), jitter),
        Subject::with(local, Policy::default()),
    ]
}

#[test]
fn without_randomness_nothing_is_issued_and_no_session_begins() {
    for subject in subjects() {
        let denial = without_randomness(|| subject.login()).unwrap_err();
        assert_eq!(denial, Denial::MintFailed);
        assert_eq!(denial.status(), 503);
        assert_eq!(*subject.failures.lock().unwrap(), [denial]);
        assert_eq!(subject.sessions(), 0);
        assert!(subject.login().is_ok());
    }
}

#[test]
fn without_randomness_a_refresh_is_503_and_the_token_is_as_good_as_before() {
    for subject in subjects() {
        let token = subject.login().unwrap();
        let denial = without_randomness(|| subject.refresh(&token)).unwrap_err();
        assert_eq!(denial, Denial::MintFailed);
        assert_eq!(*subject.failures.lock().unwrap(), [denial]);
        // Not a retry: the generation did not advance, so the policy's cap and grace do not count.
        assert!(subject.refresh(&token).is_ok());
    }
}

/// The outcome of a future that waits for nothing.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the memory store never waits"),
    }
}
