//! A hook and a registry that fail: 503, and nothing is lost.

use std::sync::Arc;

use reissue::Denial;
use reissue::client::{Client, Clients, ClientsError};
use reissue::hook::{Decision, HookError, RefreshHook, RefreshOverrides, Refreshing};
use reissue::store::MemoryStore;
use reissue_tests::{Engine, Fault, FaultyStore, ManualClock, TestKeys, TestResponse};

#[tokio::test]
async fn a_hook_that_fails_costs_nothing() {
    struct Failing;

    impl RefreshHook for Failing {
        async fn on_refresh(&self, _: &Refreshing<'_>) -> Result<Decision, HookError> {
            Err(HookError::new("the directory is down"))
        }
    }

    let engine = Engine::new();
    let token = engine.login().await;
    let failing = engine.twin_with(|server| server.with_hook(Failing));
    drop(engine.store.take_calls());
    is_unavailable(&failing.post(&refresh(&token)).await, Denial::HookFailed);
    assert!(engine.store.take_calls().is_empty());
    assert_eq!(failing.events.take_names(), ["Failed"]);
    assert!(engine.refresh(&token).await.is_ok());
}

#[tokio::test]
async fn a_hook_that_allows_too_much_costs_nothing() {
    struct Overreaching;

    impl RefreshHook for Overreaching {
        async fn on_refresh(&self, _: &Refreshing<'_>) -> Result<Decision, HookError> {
            Ok(RefreshOverrides::default()
                .with_scope("admin".parse().unwrap())
                .into())
        }
    }

    let engine = Engine::new();
    let token = engine.login().await;
    let overreaching = engine.twin_with(|server| server.with_hook(Overreaching));
    is_unavailable(
        &overreaching.post(&refresh(&token)).await,
        Denial::HookOverreached,
    );
    assert_eq!(engine.generation().await, Some(0));
    assert!(engine.refresh(&token).await.is_ok());
}

#[tokio::test]
async fn a_hook_that_ends_a_session_does_so_or_is_unavailable() {
    struct Ending;

    impl RefreshHook for Ending {
        async fn on_refresh(&self, _: &Refreshing<'_>) -> Result<Decision, HookError> {
            Ok(Decision::DenyAndRevoke)
        }
    }

    for (fault, lives) in [(Fault::Before, true), (Fault::After, false)] {
        let engine = Engine::new();
        let token = engine.login().await;
        let ending = engine.twin_with(|server| server.with_hook(Ending));
        engine.store.plan(fault);
        is_unavailable(
            &ending.post(&refresh(&token)).await,
            Denial::StoreUnavailable,
        );
        assert_eq!(engine.generation().await.is_some(), lives);
        let ended = ending.post(&refresh(&token)).await;
        assert_eq!(ended.summary(), "400 invalid_grant");
        assert_eq!(engine.generation().await, None);
    }
}

#[tokio::test]
async fn a_client_registry_that_fails_is_unavailable() {
    struct Failing;

    impl Clients for Failing {
        async fn find(&self, _: &str) -> Result<Option<Arc<Client>>, ClientsError> {
            Err(ClientsError::new("the database is down"))
        }
    }

    let clock = ManualClock::default();
    let store = FaultyStore::new(MemoryStore::with_clock(clock.clone()));
    let engine = Engine::assembled(Failing, store, &clock, TestKeys::generate(), |server| {
        server
    });
    let token = engine.login().await;
    is_unavailable(
        &engine.post(&refresh(&token)).await,
        Denial::ClientsUnavailable,
    );
    assert_eq!(engine.generation().await, Some(0));
    assert!(engine.refresh(&token).await.is_ok());
}

fn is_unavailable(response: &TestResponse, denial: Denial) {
    assert_eq!(
        response.summary(),
        "503 temporarily_unavailable",
        "{response:?}"
    );
    assert_eq!(response.headers["retry-after"], "1");
    assert_eq!(response.denial, Some(denial));
    assert!(response.json["access_token"].is_null());
}

fn refresh(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}
