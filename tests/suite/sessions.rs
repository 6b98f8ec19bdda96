//! Operations on sessions: list, change, end.

use std::time::Duration;

use reissue::store::Revision;
use reissue::{Clock as _, Sid};
use reissue_tests::{
    Endpoint, Fault, TestResponse, assert_error, assert_ok, assert_refreshes, claims, confidential,
};

fn sid(response: &TestResponse) -> Sid {
    let claims = claims(response.text("access_token"));
    claims["sid"]
        .as_str()
        .and_then(|sid| sid.parse().ok())
        .expect("the access token names its session")
}

async fn sids(endpoint: &Endpoint, subject: &str) -> Vec<Sid> {
    let sessions = endpoint.server.sessions(subject).await;
    let sessions = sessions.expect("the store responds");
    sessions.into_iter().map(|session| session.sid).collect()
}

#[tokio::test]
async fn a_session_is_listed_with_all_that_people_need_to_know_it_by() {
    let endpoint = Endpoint::new();
    let created_at = endpoint.clock.now();
    let login = endpoint.login().await;
    endpoint.clock.advance(Duration::from_secs(3_600));
    assert_refreshes(&endpoint, login.refresh_token()).await;
    let sessions = endpoint.server.sessions("alice").await.unwrap();
    let [session] = sessions.as_slice() else {
        panic!("there is one session: {sessions:?}");
    };
    assert_eq!(session.sid, sid(&login));
    assert_eq!(session.client_id, "web");
    assert_eq!(session.scope.as_str(), "openid read write");
    assert_eq!(session.created_at, created_at);
    assert_eq!(session.refreshed_at, endpoint.clock.now());
    let idle = Duration::from_secs(30 * 24 * 3_600);
    assert_eq!(session.expires_at, Some(endpoint.clock.now() + idle));
}

#[tokio::test]
async fn only_live_sessions_of_the_subject_are_listed() {
    let endpoint = Endpoint::new();
    let first = endpoint.login().await;
    let second = endpoint
        .post_as("other", "grant_type=password&username=alice")
        .await;
    endpoint.post("grant_type=password&username=bob").await;
    let mut expected = [sid(&first), sid(&second)];
    expected.sort();
    assert_eq!(sids(&endpoint, "alice").await, expected);
    assert_eq!(sids(&endpoint, "Alice").await, []);
    endpoint.clock.advance(Duration::from_secs(30 * 24 * 3_600));
    assert_eq!(sids(&endpoint, "alice").await, []);
}

#[tokio::test]
async fn more_sessions_than_fit_on_a_page_are_listed_once_each() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_session_limit(None))
        .build();
    let mut expected = Vec::new();
    for _ in 0..520 {
        expected.push(sid(&endpoint.login().await));
    }
    expected.sort();
    assert_eq!(sids(&endpoint, "alice").await, expected);
}

#[tokio::test]
async fn one_session_is_revoked_by_its_sid() {
    let endpoint = Endpoint::new();
    let laptop = endpoint.login().await;
    let phone = endpoint.login().await;
    let server = &endpoint.server;
    assert!(!server.revoke_session("bob", sid(&laptop)).await.unwrap());
    assert!(server.revoke_session("alice", sid(&laptop)).await.unwrap());
    assert!(!server.revoke_session("alice", sid(&laptop)).await.unwrap());
    let response = endpoint.refresh(laptop.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, phone.refresh_token()).await;
}

#[tokio::test]
async fn all_sessions_are_revoked_at_once() {
    let endpoint = Endpoint::new();
    let logins = [endpoint.login().await, endpoint.login().await];
    let bob = endpoint.post("grant_type=password&username=bob").await;
    let server = &endpoint.server;
    assert_eq!(server.revoke_sessions("alice", None).await.unwrap(), 2);
    assert_eq!(server.revoke_sessions("alice", None).await.unwrap(), 0);
    for login in &logins {
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_error(&response, 400, "invalid_grant");
    }
    assert_refreshes(&endpoint, bob.refresh_token()).await;
    // Logging in again is possible.
    assert_ok(&endpoint.login().await);
}

#[tokio::test]
async fn all_other_sessions_are_revoked() {
    let endpoint = Endpoint::new();
    let kept = endpoint.login().await;
    let gone = endpoint.login().await;
    let server = &endpoint.server;
    let count = server.revoke_sessions("alice", Some(sid(&kept))).await;
    assert_eq!(count.unwrap(), 1);
    let response = endpoint.refresh(gone.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, kept.refresh_token()).await;
}

#[tokio::test]
async fn an_amended_grant_is_in_force_from_the_next_refresh_on() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let narrow = |grant: &mut reissue::Grant| {
        grant.scope = "read".parse().expect("the scope is well-formed");
        grant.label = Some("narrowed".to_owned());
        grant.subject = "mallory".to_owned();
    };
    let server = &endpoint.server;
    let amended = server.amend_session("alice", sid(&login), narrow).await;
    assert_eq!(amended.unwrap(), reissue::AmendOutcome::Done);
    // What is no longer granted is denied, and the token is not consumed.
    let response = endpoint
        .refresh_with(login.refresh_token(), "scope=write")
        .await;
    assert_error(&response, 400, "invalid_scope");
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(response.text("scope"), "read");
    let claims = claims(response.text("access_token"));
    assert_eq!(claims["sub"], "alice", "the subject stays");
    let sessions = server.sessions("alice").await.unwrap();
    assert_eq!(sessions[0].label.as_deref(), Some("narrowed"));
}

#[tokio::test]
async fn a_retry_after_an_amendment_follows_it_too() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    assert_refreshes(&endpoint, login.refresh_token()).await;
    let narrow = |grant: &mut reissue::Grant| {
        grant.scope = "read".parse().expect("the scope is well-formed");
    };
    let server = &endpoint.server;
    let amended = server.amend_session("alice", sid(&login), narrow).await;
    assert_eq!(amended.unwrap(), reissue::AmendOutcome::Done);
    let retried = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(retried.text("scope"), "read");
    assert_eq!(endpoint.record("alice").await.unwrap().generation, 1);
}

#[tokio::test]
async fn an_amendment_can_widen_a_grant() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let widen = |grant: &mut reissue::Grant| {
        grant.scope = "admin read".parse().expect("the scope is well-formed");
    };
    let server = &endpoint.server;
    let amended = server.amend_session("alice", sid(&login), widen).await;
    assert_eq!(amended.unwrap(), reissue::AmendOutcome::Done);
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(response.text("scope"), "admin read");
    let next = endpoint
        .refresh_with(response.refresh_token(), "scope=admin")
        .await;
    assert_eq!(next.text("scope"), "admin");
}

#[tokio::test]
async fn a_grant_that_would_not_fit_into_a_refresh_token_is_not_made() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let enlarge = |grant: &mut reissue::Grant| grant.acr = Some("x".repeat(4_096));
    let server = &endpoint.server;
    let amended = server.amend_session("alice", sid(&login), enlarge).await;
    assert_eq!(amended.unwrap(), reissue::AmendOutcome::TooLarge);
    let record = endpoint.record("alice").await.unwrap();
    assert_eq!(record.revision, Revision::ORIGINAL);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_session_that_is_gone_cannot_be_amended() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let server = &endpoint.server;
    let bobs = server.amend_session("bob", sid(&login), |_| {}).await;
    assert_eq!(bobs.unwrap(), reissue::AmendOutcome::Missing);
    server.revoke_sessions("alice", None).await.unwrap();
    let gone = server.amend_session("alice", sid(&login), |_| {}).await;
    assert_eq!(gone.unwrap(), reissue::AmendOutcome::Missing);
    assert_eq!(endpoint.record("alice").await, None);
}

#[tokio::test]
async fn a_failing_store_fails_the_application_too() {
    let endpoint = Endpoint::builder().client(confidential("web")).build();
    let login = endpoint.login().await;
    let server = &endpoint.server;
    endpoint.store.plan(Fault::Before);
    assert!(server.sessions("alice").await.is_err());
    endpoint.store.plan(Fault::Before);
    assert!(server.revoke_sessions("alice", None).await.is_err());
    endpoint.store.plan(Fault::Before);
    assert!(server.revoke_session("alice", sid(&login)).await.is_err());
    endpoint.store.plan(Fault::Before);
    let amended = server.amend_session("alice", sid(&login), |_| {}).await;
    assert!(amended.is_err());
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
