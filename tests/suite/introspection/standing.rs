//! Tokens that are good by themselves, of clients and subjects that are not welcome any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use reissue::client::{
    AuthenticatedClient, Client, ClientMap, ClientStatus, Clients, ClientsError,
    IntrospectionAccess,
};
use reissue::hook::{HookError, Introspecting, IntrospectionDecision, IntrospectionHook};
use reissue::store::MemoryStore;
use reissue::{Denial, GrantType, Introspection, IntrospectionEndpoint, PresentedToken};
use reissue_tests::{
    Endpoint, Engine, Fault, FaultyStore, ManualClock, TestKeys, TestResponse, assert_error,
    assert_refreshes, confidential, form,
};
use tower::ServiceExt as _;

use super::{assert_inactive, introspect};

/// A registry that changes while the server runs.
#[derive(Clone, Default)]
struct Registry {
    clients: Arc<Mutex<ClientMap>>,
    is_down: Arc<AtomicBool>,
}

impl Registry {
    fn set(&self, clients: impl IntoIterator<Item = Client>) {
        *self.clients.lock().unwrap() = ClientMap::new(clients).unwrap();
    }
}

impl Clients for Registry {
    async fn find(&self, id: &str) -> Result<Option<Arc<Client>>, ClientsError> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(ClientsError::new("the directory is down"));
        }
        let clients = self.clients.lock().unwrap().clone();
        clients.find(id).await
    }
}

fn api() -> Client {
    confidential("api").with_introspection_access(IntrospectionAccess::AllTokens)
}

fn engine(registry: &Registry) -> Engine {
    let clock = ManualClock::default();
    let store = FaultyStore::new(MemoryStore::with_clock(clock.clone()));
    Engine::assembled(
        registry.clone(),
        store,
        &clock,
        TestKeys::generate(),
        |server| server,
    )
}

async fn introspect_at(engine: &Engine, client: &str, token: &str) -> TestResponse {
    let mut request = form(format!("token={token}"));
    let headers = request.headers_mut();
    headers.insert("authorization", reissue_tests::basic(client));
    let endpoint = IntrospectionEndpoint::new(engine.server.clone());
    let Ok(response) = endpoint.oneshot(request).await;
    TestResponse::read(response).await
}

#[tokio::test]
async fn the_token_of_a_client_that_was_disabled_or_removed_is_inactive() {
    let registry = Registry::default();
    registry.set([api(), confidential("web")]);
    let engine = engine(&registry);
    let web = AuthenticatedClient::trust(confidential("web"));
    let grant = reissue::Grant::new("alice");
    let login = engine
        .server
        .issue(&web, GrantType::PASSWORD, grant)
        .await
        .unwrap();
    let refresh_token = login.refresh_token.as_ref().unwrap().expose();
    let own = reissue::Grant::new("web");
    let own = engine
        .server
        .issue(&web, GrantType::CLIENT_CREDENTIALS, own)
        .await;
    let own = own.unwrap();
    let tokens = [
        login.access_token.expose(),
        refresh_token,
        own.access_token.expose(),
    ];
    for (web, is_active) in [
        (Some(confidential("web")), true),
        (
            Some(confidential("web").with_status(ClientStatus::Disabled)),
            false,
        ),
        (None, false),
        (Some(confidential("web")), true),
    ] {
        registry.set([api()].into_iter().chain(web));
        for token in tokens {
            let response = introspect_at(&engine, "api", token).await;
            assert_eq!(response.json["active"], is_active, "{response:?}");
            if !is_active {
                assert_inactive(&response);
            }
        }
    }
    // In process, the registry is not read.
    let disabled =
        AuthenticatedClient::trust(confidential("web").with_status(ClientStatus::Disabled));
    for token in tokens {
        let seen = engine
            .server
            .introspect(&disabled, PresentedToken::new(token))
            .await;
        assert_eq!(seen.unwrap(), Introspection::Inactive);
    }
}

#[tokio::test]
async fn with_a_failing_registry_introspection_is_neither_true_nor_false() {
    let registry = Registry::default();
    registry.set([api(), confidential("web")]);
    let engine = engine(&registry);
    let token = engine.login().await;
    let token = token.as_str();
    let api = AuthenticatedClient::trust(api());
    registry.is_down.store(true, Ordering::SeqCst);
    let seen = engine
        .server
        .introspect(&api, PresentedToken::new(token))
        .await;
    assert_eq!(seen.unwrap_err().denial(), Denial::ClientsUnavailable);
    assert!(engine.events.take_names().contains(&"Failed".to_owned()));
    registry.is_down.store(false, Ordering::SeqCst);
    let seen = engine
        .server
        .introspect(&api, PresentedToken::new(token))
        .await;
    assert!(matches!(seen, Ok(Introspection::Active(_))));
}

/// Blocks the configured subjects, and records its calls.
#[derive(Clone, Default)]
struct Directory {
    blocked: Arc<Mutex<Vec<String>>>,
    is_down: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Directory {
    fn endpoint(&self) -> Endpoint {
        let hook = self.clone();
        Endpoint::builder()
            .client(api())
            .server(|server| server.with_introspection_hook(hook))
            .build()
    }

    fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl IntrospectionHook for Directory {
    async fn on_introspection(
        &self,
        introspecting: &Introspecting<'_>,
    ) -> Result<IntrospectionDecision, HookError> {
        let Introspecting {
            client,
            subject,
            client_id,
            scope,
            sid,
            ..
        } = introspecting;
        let session = if sid.is_some() { "session" } else { "none" };
        let asked = format!("{}: {subject} {client_id} {scope} {session}", client.id());
        self.asked.lock().unwrap().push(asked);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(HookError::new("the directory is down"));
        }
        let is_blocked = self.blocked.lock().unwrap().iter().any(|it| it == subject);
        Ok(if is_blocked {
            IntrospectionDecision::Inactive
        } else {
            IntrospectionDecision::Active
        })
    }
}

#[tokio::test]
async fn the_token_of_a_subject_whom_the_hook_denies_is_inactive() {
    let directory = Directory::default();
    let endpoint = directory.endpoint();
    let login = endpoint.login().await;
    let own = endpoint.post("grant_type=client_credentials").await;
    let tokens = [login.text("access_token"), login.refresh_token()];
    for token in tokens {
        let response = introspect(&endpoint, "api", token).await;
        assert_eq!(response.json["active"], true);
    }
    assert_eq!(
        directory.take_asked(),
        ["api: alice web openid read write session"; 2]
    );
    directory.blocked.lock().unwrap().push("alice".to_owned());
    for token in tokens {
        for client in ["api", "web"] {
            assert_inactive(&introspect(&endpoint, client, token).await);
        }
    }
    let response = introspect(&endpoint, "web", own.text("access_token")).await;
    assert_eq!(response.json["active"], true);
    let asked = directory.take_asked();
    assert_eq!(asked.last().unwrap(), "web: web web  none");
    // It decides on no refresh.
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn with_a_failing_hook_introspection_is_neither_true_nor_false() {
    let directory = Directory::default();
    let endpoint = directory.endpoint();
    let login = endpoint.login().await;
    endpoint.forget();
    directory.is_down.store(true, Ordering::SeqCst);
    let response = introspect(&endpoint, "web", login.text("access_token")).await;
    assert_error(&response, 503, "temporarily_unavailable");
    assert_eq!(response.denial, Some(Denial::HookFailed));
    assert_eq!(endpoint.events.take_names(), ["Failed"]);
}

#[tokio::test]
async fn the_hook_does_not_run_for_what_is_inactive_anyway() {
    let directory = Directory::default();
    let endpoint = directory.endpoint();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    for (client, token) in [
        ("web", login.refresh_token()),
        ("other", next.refresh_token()),
        ("other", next.text("access_token")),
        ("api", "garbage"),
    ] {
        assert_inactive(&introspect(&endpoint, client, token).await);
    }
    endpoint.store.plan(Fault::Before);
    let response = introspect(&endpoint, "web", next.refresh_token()).await;
    assert_error(&response, 503, "temporarily_unavailable");
    assert!(directory.take_asked().is_empty());
}
