//! A grant that was given for a single-use thing is issued once; a second time ends what the first
//! began.

use reissue::client::{AuthenticatedClient, Client};
use reissue::store::{OneTimeId, SessionLimit, WhenFull};
use reissue::{AmendOutcome, Denial, Grant, GrantType, Server, Tokens};
use reissue_tests::{Engine, Fault, ISSUER, SUBJECT, Verb, trusted};

fn grant(code: &str) -> Grant {
    Grant::new(SUBJECT).with_single_use_id(OneTimeId::derive(ISSUER, "code", code.as_bytes()))
}

async fn redeem(server: &Server, code: &str) -> Result<Tokens, Denial> {
    let client = trusted("web");
    let issued = server
        .issue(&client, GrantType::AUTHORIZATION_CODE, grant(code))
        .await;
    issued.map_err(Denial::from)
}

fn refresh_token(tokens: &Tokens) -> &str {
    let token = tokens.refresh_token.as_ref();
    token.expect("there is a refresh token").expose()
}

#[tokio::test]
async fn a_second_redemption_is_denied_and_ends_the_session_of_the_first() {
    let engine = Engine::new();
    let elsewhere = engine.login().await;
    let other_code = redeem(&engine.server, "other").await.unwrap();
    let first = redeem(&engine.server, "code").await.unwrap();
    let successor = engine.successor(refresh_token(&first)).await;

    drop(engine.events.take());
    let second = redeem(&engine.twin().server, "code").await;
    assert_eq!(second.unwrap_err(), Denial::GrantReused);
    assert_eq!(
        engine.refresh(&successor).await.unwrap_err(),
        Denial::SessionMissing
    );
    assert!(engine.refresh(&elsewhere).await.is_ok());
    assert!(engine.refresh(refresh_token(&other_code)).await.is_ok());
    assert_eq!(engine.server.sessions(SUBJECT).await.unwrap().len(), 2);
}

#[tokio::test]
async fn it_costs_one_consumption_and_reports_events() {
    let engine = Engine::new();
    redeem(&engine.server, "code").await.unwrap();
    assert_eq!(engine.store.take_calls(), [Verb::Create, Verb::Consume]);
    assert_eq!(engine.events.take_names(), ["Issued"]);
    redeem(&engine.server, "code").await.unwrap_err();
    // The session of the first, and the one that the second had opened already.
    assert_eq!(engine.events.take_names(), ["Revoked", "Revoked", "Denied"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_succeeds_and_no_session_is_left() {
    for round in 0..20 {
        let engine = Engine::new();
        let redemptions: Vec<_> = (0..8)
            .map(|_| {
                let server = engine.twin().server;
                tokio::spawn(async move { redeem(&server, "code").await })
            })
            .collect();
        let mut answered = 0;
        for redemption in redemptions {
            match redemption.await.unwrap() {
                Ok(_) => answered += 1,
                Err(denial) => assert_eq!(denial, Denial::GrantReused),
            }
        }
        assert_eq!(answered, 1, "round {round}");
        assert_eq!(engine.server.sessions(SUBJECT).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_store_that_fails_to_record_the_session_has_not_used_it_up() {
    let engine = Engine::new();
    for fault in [Fault::Before, Fault::After] {
        engine.store.plan(fault);
        let failed = redeem(&engine.server, "code").await;
        assert_eq!(failed.unwrap_err(), Denial::StoreUnavailable);
    }
    let tokens = redeem(&engine.server, "code").await.unwrap();
    assert!(engine.refresh(refresh_token(&tokens)).await.is_ok());
}

#[tokio::test]
async fn what_may_have_been_used_up_counts_as_used_up() {
    let engine = Engine::new();
    engine.store.plan_success();
    engine.store.plan(Fault::After);
    let unknown = redeem(&engine.server, "code").await;
    assert_eq!(unknown.unwrap_err(), Denial::StoreUnavailable);
    let again = redeem(&engine.server, "code").await;
    assert_eq!(again.unwrap_err(), Denial::GrantReused);
    assert_eq!(engine.server.sessions(SUBJECT).await.unwrap(), []);
}

#[tokio::test]
async fn a_session_that_cannot_be_ended_now_is_503_and_ended_on_the_next_try() {
    let engine = Engine::new();
    let first = redeem(&engine.server, "code").await.unwrap();
    for successes in [2, 3] {
        // Create and consume succeed, then listing fails, or ending.
        (0..successes).for_each(|_| engine.store.plan_success());
        engine.store.plan(Fault::Before);
        let failed = redeem(&engine.server, "code").await;
        assert_eq!(failed.unwrap_err(), Denial::StoreUnavailable);
    }
    let refused = redeem(&engine.server, "code").await;
    assert_eq!(refused.unwrap_err(), Denial::GrantReused);
    assert!(engine.refresh(refresh_token(&first)).await.is_err());
}

#[tokio::test]
async fn it_is_noticed_at_the_session_limit_too() {
    let engine = Engine::new();
    let limited = engine.twin_with(|server| {
        server.with_session_limit(Some(SessionLimit {
            max: 1,
            when_full: WhenFull::Refuse,
        }))
    });
    redeem(&limited.server, "code").await.unwrap();
    let second = redeem(&limited.server, "code").await;
    assert_eq!(second.unwrap_err(), Denial::GrantReused);
    assert_eq!(engine.server.sessions(SUBJECT).await.unwrap(), []);
}

#[tokio::test]
async fn a_session_whose_grant_was_changed_is_found_too() {
    let engine = Engine::new();
    let first = redeem(&engine.server, "code").await.unwrap();
    let sid = first.sid.unwrap();
    let change = |grant: &mut Grant| grant.label = Some("Firefox".to_owned());
    let amended = engine.server.amend_session(SUBJECT, sid, change).await;
    assert_eq!(amended.unwrap(), AmendOutcome::Done);
    redeem(&engine.server, "code").await.unwrap_err();
    assert_eq!(engine.server.sessions(SUBJECT).await.unwrap(), []);
}

#[tokio::test]
async fn without_a_session_it_is_issued_once_all_the_same() {
    let engine = Engine::new();
    let client = Client::public("app")
        .with_grant_types([GrantType::AUTHORIZATION_CODE])
        .without_refresh_token();
    let client = AuthenticatedClient::trust(client);
    let issue = || {
        let grant = grant("code");
        engine
            .server
            .issue(&client, GrantType::AUTHORIZATION_CODE, grant)
    };
    assert!(issue().await.unwrap().refresh_token.is_none());
    assert_eq!(issue().await.unwrap_err().denial(), Denial::GrantReused);
}
