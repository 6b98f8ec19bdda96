//! A server has no memory: after a restart, and on another node, everything is as it was.

use std::time::Duration;

use reissue::store::Consumed;
use reissue::{Denial, Introspection, PresentedToken};
use reissue_tests::{Engine, trusted};

#[tokio::test]
async fn tokens_go_on_on_a_new_server() {
    let mut engine = Engine::new();
    let mut token = engine.login().await;
    for generation in 1..=5 {
        engine = engine.twin();
        token = engine.successor(&token).await;
        assert_eq!(engine.generation_of(&token), generation);
    }
    assert_eq!(engine.generation().await, Some(5));
}

#[tokio::test]
async fn a_lost_response_is_repeated_by_a_new_server() {
    let engine = Engine::new();
    let token = engine.login().await;
    engine.successor(&token).await;
    engine.clock.advance(Duration::from_secs(59));
    let restarted = engine.twin();
    let successor = restarted.successor(&token).await;
    assert_eq!(restarted.generation_of(&successor), 1);
    assert_eq!(restarted.generation().await, Some(1));
    assert_eq!(restarted.events.take_names(), ["Retried"]);
}

#[tokio::test]
async fn reuse_is_noticed_by_a_new_server() {
    let engine = Engine::new();
    let stolen = engine.login().await;
    let current = engine.successor(&stolen).await;
    engine.clock.advance(Duration::from_secs(60));
    let restarted = engine.twin();
    assert_eq!(
        restarted.refresh(&stolen).await.err(),
        Some(Denial::TokenReused)
    );
    assert!(restarted.events.take_names().contains(&"Reused".to_owned()));
    for server in [&engine, &restarted, &engine.twin()] {
        assert_eq!(
            server.refresh(&current).await.err(),
            Some(Denial::SessionMissing)
        );
    }
}

#[tokio::test]
async fn a_token_that_was_denied_is_as_valid_on_a_new_server() {
    let engine = Engine::with_policy(
        reissue::Policy::builder()
            .with_retry_cap(0)
            .build()
            .unwrap(),
    );
    let first = engine.login().await;
    let second = engine.successor(&first).await;
    let third = engine.successor(&second).await;
    let restarted = engine.twin();
    for server in [&engine, &restarted] {
        assert_eq!(
            server.refresh(&first).await.err(),
            Some(Denial::TokenSuperseded)
        );
    }
    assert_eq!(
        restarted.generation_of(&restarted.successor(&third).await),
        3
    );
}

#[tokio::test]
async fn accepted_retries_are_counted_across_servers() {
    let policy = reissue::Policy::builder()
        .with_retry_cap(2)
        .build()
        .unwrap();
    let engine = Engine::with_policy(policy);
    let token = engine.login().await;
    for _ in 0..3 {
        assert!(engine.twin().refresh(&token).await.is_ok());
    }
    assert_eq!(
        engine.twin().refresh(&token).await.err(),
        Some(Denial::TokenSuperseded)
    );
}

#[tokio::test]
async fn a_revocation_holds_on_every_server() {
    let engine = Engine::new();
    let token = engine.login().await;
    let tokens = engine.refresh(&token).await.unwrap();
    let restarted = engine.twin();
    restarted
        .server
        .revoke(&trusted("web"), PresentedToken::new(&token))
        .await
        .unwrap();
    for server in [&engine, &restarted, &engine.twin()] {
        assert_eq!(
            server.refresh(&token).await.err(),
            Some(Denial::SessionMissing)
        );
        let access_token = tokens.access_token.expose();
        let asked = server
            .server
            .introspect(&trusted("web"), PresentedToken::new(access_token))
            .await;
        assert_eq!(asked.unwrap(), Introspection::Inactive);
    }
}

#[tokio::test]
async fn changes_sessions_and_single_use_ids_outlive_a_server() {
    let engine = Engine::new();
    let token = engine.login().await;
    let (sid, _) = engine.only_record().await.unwrap();
    let narrow = |grant: &mut reissue::Grant| grant.scope = "read".parse().unwrap();
    let amended = engine.server.amend_session("alice", sid, narrow).await;
    assert_eq!(amended.unwrap(), reissue::AmendOutcome::Done);
    let sessions = engine.server.sessions("alice").await.unwrap();
    let code = engine.server.one_time_id("code", b"7");
    let ttl = Duration::from_secs(60);
    assert_eq!(
        engine.server.consume(code, ttl).await.unwrap(),
        Consumed::First
    );
    let restarted = engine.twin();
    drop(engine);
    assert_eq!(restarted.server.sessions("alice").await.unwrap(), sessions);
    assert_eq!(
        restarted.server.consume(code, ttl).await.unwrap(),
        Consumed::Already
    );
    let tokens = restarted.refresh(&token).await.unwrap();
    assert_eq!(tokens.scope.as_str(), "read");
}

#[tokio::test]
async fn a_token_of_other_keys_is_denied_and_changes_nothing() {
    let engine = Engine::new();
    let token = engine.login().await;
    let stranger = Engine::over(engine.store.clone(), &engine.clock, |server| server);
    assert_eq!(
        stranger.refresh(&token).await.err(),
        Some(Denial::TokenKeyUnknown)
    );
    assert_eq!(engine.generation_of(&engine.successor(&token).await), 1);
}
