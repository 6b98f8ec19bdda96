//! Trouble with the store: 503 and try again, nothing lost, nothing done twice.

use std::time::Duration;

use http::StatusCode;
use reissue::store::{Replace, Revision, Store as _};
use reissue::{Denial, KeepResponse, Policy, PresentedToken, Rotation};
use reissue_tests::{Endpoint, Engine, Fault, TestResponse, Verb, subject_key, trusted};

#[tokio::test]
async fn a_refresh_that_the_store_failed_is_repeated_with_the_same_token() {
    for (fault, stored) in [(Fault::Before, 0), (Fault::After, 1)] {
        let engine = Engine::new();
        let token = engine.login().await;
        engine.store.plan(fault);
        is_unavailable(
            &engine.post(&refresh(&token)).await,
            Denial::StoreUnavailable,
        );
        assert_eq!(engine.generation().await, Some(stored), "{fault:?}");
        let retried = engine.post(&refresh(&token)).await;
        assert_eq!(engine.generation_of(retried.refresh_token()), 1);
        assert_eq!(engine.generation().await, Some(1));
    }
}

#[tokio::test]
async fn a_client_that_loses_every_reply_advances_once_for_each_refresh() {
    let engine = Engine::new();
    let mut token = engine.login().await;
    for generation in 1..=20 {
        for _ in 0..3 {
            engine.store.plan(Fault::After);
            is_unavailable(
                &engine.post(&refresh(&token)).await,
                Denial::StoreUnavailable,
            );
            engine.clock.advance(Duration::from_secs(15));
        }
        token = engine.successor(&token).await;
        assert_eq!(engine.generation_of(&token), generation);
        assert_eq!(engine.generation().await, Some(generation));
    }
}

#[tokio::test]
async fn a_liveness_check_that_the_store_failed_is_repeated() {
    let policy = Policy::builder()
        .with_rotation(Rotation::Keep(KeepResponse::Repeat))
        .build()
        .unwrap();
    for fault in [Fault::Before, Fault::After] {
        let engine = Engine::with_policy(policy.clone());
        let token = engine.login().await;
        drop(engine.store.take_calls());
        engine.store.plan(fault);
        is_unavailable(
            &engine.post(&refresh(&token)).await,
            Denial::StoreUnavailable,
        );
        assert_eq!(engine.successor(&token).await, token);
        assert_eq!(engine.store.take_calls(), [Verb::Load, Verb::Load]);
    }
}

#[tokio::test]
async fn a_login_that_the_store_failed_is_unavailable() {
    for (fault, left) in [(Fault::Before, 0), (Fault::After, 1)] {
        let endpoint = Endpoint::new();
        endpoint.store.plan(fault);
        let login = "grant_type=password&username=alice&password=right";
        is_unavailable(&endpoint.post(login).await, Denial::StoreUnavailable);
        let sessions = endpoint.server.sessions("alice").await.unwrap();
        assert_eq!(sessions.len(), left, "{fault:?}");
        let login = endpoint.login().await;
        let refreshed = endpoint.refresh(login.refresh_token()).await;
        assert_eq!(refreshed.summary(), "200");
    }
}

#[tokio::test]
async fn a_revocation_that_the_store_failed_is_never_confirmed() {
    for (fault, lives) in [(Fault::Before, true), (Fault::After, false)] {
        let endpoint = Endpoint::new();
        let login = endpoint.login().await;
        let form = format!("token={}", login.refresh_token());
        endpoint.store.plan(fault);
        let failed = endpoint.revoke_as("web", &form).await;
        is_unavailable(&failed, Denial::StoreUnavailable);
        let sessions = endpoint.server.sessions("alice").await.unwrap();
        assert_eq!(sessions.len() == 1, lives, "{fault:?}");
        let revoked = endpoint.revoke_as("web", &form).await;
        assert_eq!(revoked.status, StatusCode::OK);
        let refused = endpoint.refresh(login.refresh_token()).await;
        assert_eq!(refused.summary(), "400 invalid_grant");
    }
}

#[tokio::test]
async fn an_introspection_that_the_store_failed_is_neither_active_nor_inactive() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    for token in [login.refresh_token(), login.text("access_token")] {
        for fault in [Fault::Before, Fault::After] {
            let form = format!("token={token}");
            endpoint.store.plan(fault);
            let failed = endpoint.introspect_as("web", &form).await;
            is_unavailable(&failed, Denial::StoreUnavailable);
            let active = endpoint.introspect_as("web", &form).await;
            assert_eq!(active.json["active"], true);
        }
    }
}

#[tokio::test]
async fn reuse_whose_revocation_failed_is_noticed_again() {
    for fault in [Fault::Before, Fault::After] {
        let engine = Engine::new();
        let stolen = engine.login().await;
        let current = engine.successor(&stolen).await;
        engine.clock.advance(Duration::from_secs(61));
        drop(engine.events.take());
        engine.store.plan_success();
        engine.store.plan(fault);
        is_unavailable(
            &engine.post(&refresh(&stolen)).await,
            Denial::StoreUnavailable,
        );
        assert_eq!(engine.events.take_names(), ["Reused", "Failed"]);
        let again = engine.post(&refresh(&stolen)).await;
        assert_eq!(again.summary(), "400 invalid_grant");
        assert_eq!(engine.generation().await, None);
        assert!(engine.refresh(&current).await.is_err());
    }
}

#[tokio::test]
async fn reuse_that_the_store_failed_to_judge_is_noticed_again() {
    for fault in [Fault::Before, Fault::After] {
        let engine = Engine::new();
        let stolen = engine.login().await;
        engine.successor(&stolen).await;
        engine.clock.advance(Duration::from_secs(61));
        engine.store.plan(fault);
        is_unavailable(
            &engine.post(&refresh(&stolen)).await,
            Denial::StoreUnavailable,
        );
        assert_eq!(engine.generation().await, Some(1));
        assert_eq!(
            engine.refresh(&stolen).await.err(),
            Some(Denial::TokenReused)
        );
        assert_eq!(engine.generation().await, None);
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_unavailable() {
    let engine = Engine::new();
    let token = engine.login().await;
    let (sid, record) = engine.only_record().await.unwrap();
    let spoil = |revision, next, details| Replace {
        subject: subject_key(),
        sid,
        revision,
        next,
        details,
    };
    let original = Revision::ORIGINAL;
    let unreadable = original.next(b"from another version");
    let spoilt = spoil(original, unreadable, "from another version".into());
    engine.store.replace(spoilt).await.unwrap();
    is_unavailable(
        &engine.post(&refresh(&token)).await,
        Denial::StoreUnavailable,
    );
    let web = trusted("web");
    let asked = engine.server.introspect(&web, PresentedToken::new(&token));
    let denied = asked.await.unwrap_err().denial();
    assert_eq!(denied, Denial::StoreUnavailable);
    assert!(engine.server.sessions("alice").await.is_err());
    // Somebody repairs it.
    engine
        .store
        .replace(spoil(unreadable, original, record.details))
        .await
        .unwrap();
    assert!(engine.refresh(&token).await.is_ok());
}

#[tokio::test]
async fn the_application_gets_an_error_when_the_store_failed() {
    let engine = Engine::new();
    engine.login().await;
    let (sid, _) = engine.only_record().await.unwrap();
    for fault in [Fault::Before, Fault::After] {
        let server = &engine.server;
        engine.store.plan(fault);
        assert!(server.sessions("alice").await.is_err());
        engine.store.plan(fault);
        assert!(server.ready().await.is_err());
        let label = |grant: &mut reissue::Grant| grant.label = Some(format!("{fault:?}"));
        engine.store.plan(fault);
        assert!(server.amend_session("alice", sid, label).await.is_err());
        engine.store.plan_success();
        engine.store.plan(fault);
        assert!(server.amend_session("alice", sid, label).await.is_err());
        let amended = server.amend_session("alice", sid, label).await;
        assert_eq!(amended.unwrap(), reissue::AmendOutcome::Done);
        engine.store.plan(Fault::Before);
        assert!(server.revoke_session("alice", sid).await.is_err());
        engine.store.plan(Fault::Before);
        assert!(server.revoke_sessions("alice", None).await.is_err());
        assert_eq!(engine.generation().await, Some(0));
    }
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
