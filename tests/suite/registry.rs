//! Clients, checked when the server is built, or found by an application's own registry.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use reissue::client::{
    AuthenticatedClient, Client, ClientMap, Clients, ClientsError, Credentials, SenderConstraint,
};
use reissue::store::MemoryStore;
use reissue::{
    ConfigError, Grant, GrantType, Keys, Parameters, Policy, RefreshRequest, Rotation, Server,
};
use reissue_tests::{assert_error, assert_ok, confidential};

use crate::policy::{NONE, SAME};

fn build(client: Client, policy: Policy) -> Result<Server, ConfigError> {
    Server::builder(
        "https://id.example",
        Keys::generate(),
        ClientMap::new([client]).expect("there is one client"),
        MemoryStore::new(),
    )
    .with_policy(policy)
    .build()
}

#[test]
fn a_public_client_must_rotate_and_is_named_if_it_does_not() {
    for rotation in [NONE, SAME, Rotation::Converge] {
        let policy = Policy::builder().with_rotation(rotation).build().unwrap();
        let app = Client::public("spa");
        let error = build(app.clone(), policy.clone()).unwrap_err();
        assert_eq!(error.key(), "client spa");
        let error = build(app.clone().with_policy(policy.clone()), Policy::default()).unwrap_err();
        assert_eq!(error.key(), "client spa");
        assert!(
            build(
                app.with_sender_constraint(SenderConstraint::Required),
                policy.clone()
            )
            .is_ok()
        );
        assert!(build(confidential("web"), policy).is_ok());
    }
}

/// An application's own registry, which does not check its clients.
struct Registry(Arc<Client>);

impl Clients for Registry {
    async fn find(&self, id: &str) -> Result<Option<Arc<Client>>, ClientsError> {
        Ok((self.0.id() == id).then(|| self.0.clone()))
    }
}

#[tokio::test]
async fn a_public_client_of_an_unchecked_registry_is_rotated_whatever_its_policy() {
    for rotation in [NONE, SAME, Rotation::Converge] {
        let policy = Policy::builder().with_rotation(rotation).build().unwrap();
        let registry = Registry(Arc::new(Client::public("spa").with_policy(policy)));
        let clock = reissue_tests::ManualClock::default();
        let store = MemoryStore::with_clock(clock.clone());
        let server = Server::builder("https://id.example", Keys::generate(), registry, store)
            .with_clock(clock.clone())
            .build()
            .unwrap();
        let form = Parameters::parse(b"client_id=spa").unwrap();
        let credentials = Credentials::read(&HeaderMap::new(), &form).unwrap();
        let spa: AuthenticatedClient = server.authenticate(credentials).await.unwrap();
        let login = server
            .issue(&spa, GrantType::PASSWORD, Grant::new("alice"))
            .await
            .unwrap();
        let first = login.refresh_token.unwrap();
        let refresh = || server.refresh(&spa, RefreshRequest::new(first.clone()));
        let next = refresh().await.unwrap().refresh_token.unwrap();
        assert_ne!(next.expose(), first.expose());
        // And reuse is noticed.
        clock.advance(Duration::from_secs(3_600));
        assert!(refresh().await.is_err());
        assert!(server.sessions("alice").await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_registry_that_fails_is_503_and_the_token_still_refreshes() {
    struct Down(ClientMap, std::sync::atomic::AtomicBool);

    impl Clients for Down {
        async fn find(&self, id: &str) -> Result<Option<Arc<Client>>, ClientsError> {
            if self.1.swap(false, std::sync::atomic::Ordering::SeqCst) {
                return Err(ClientsError::new("the directory is down"));
            }
            self.0.find(id).await
        }
    }

    let clients = ClientMap::new([confidential("web")]).unwrap();
    let registry = Down(clients, true.into());
    let server = Server::builder(
        "https://id.example",
        Keys::generate(),
        registry,
        MemoryStore::new(),
    )
    .build()
    .unwrap();
    let web = AuthenticatedClient::trust(confidential("web"));
    let login = server
        .issue(&web, GrantType::PASSWORD, Grant::new("alice"))
        .await;
    let token = login.unwrap().refresh_token.unwrap();
    let body = format!("grant_type=refresh_token&refresh_token={}", token.expose());
    let mut responses = Vec::new();
    for _ in 0..2 {
        let request = reissue_tests::form_of_web(body.clone());
        let route = reissue::RefreshEndpoint::new(server.clone());
        let Ok(response) = tower::ServiceExt::oneshot(route, request).await;
        responses.push(reissue_tests::TestResponse::read(response).await);
    }
    assert_error(&responses[0], 503, "temporarily_unavailable");
    assert_ok(&responses[1]);
}
