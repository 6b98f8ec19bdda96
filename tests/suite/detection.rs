//! Whether a stolen token is noticed, whatever its holder does meanwhile.

use std::time::Duration;

use reissue::{Denial, OnSharedSession, Policy};
use reissue_tests::{Engine, Fault};

const GRACE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_thief_who_refreshes_faster_than_grace_is_noticed() {
    let engine = Engine::new();
    let stolen = engine.login().await;
    let newest = thief(&engine, &stolen, Duration::from_secs(48)).await;
    drop(engine.events.take());
    let refused = engine.post(&form(&stolen)).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
    assert_eq!(refused.denial, Some(Denial::TokenReused));
    let events = engine.events.take();
    assert!(
        events
            .iter()
            .any(|event| event.starts_with("Reused") && event.contains("end: Ended")),
        "{events:?}"
    );
    let refused = engine.post(&form(&newest)).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
    assert_eq!(engine.generation().await, None);
}

#[tokio::test]
async fn a_thief_who_has_just_refreshed_is_noticed_all_the_same() {
    let engine = Engine::new();
    let stolen = engine.login().await;
    let newest = thief(&engine, &stolen, Duration::from_secs(61)).await;
    engine.clock.advance(Duration::from_secs(5));
    assert_eq!(
        engine.refresh(&stolen).await.err(),
        Some(Denial::TokenReused)
    );
    assert_eq!(
        engine.refresh(&newest).await.err(),
        Some(Denial::SessionMissing)
    );
}

#[tokio::test]
async fn two_rotations_in_a_row_leave_the_older_token_its_grace() {
    let engine = Engine::new();
    let first = engine.login().await;
    engine.clock.advance(Duration::from_secs(5));
    let second = engine.successor(&first).await;
    engine.clock.advance(Duration::from_secs(5));
    let third = engine.successor(&second).await;
    engine.clock.advance(Duration::from_secs(10));
    let current = engine.successor(&first).await;
    assert_eq!(engine.generation_of(&current), 2);
    assert_eq!(engine.generation().await, Some(2), "nothing was rotated");
    for token in [&current, &third, &second, &first] {
        assert_eq!(engine.generation_of(&engine.successor(token).await), 3);
    }
}

#[tokio::test]
async fn a_retry_leaves_every_grace_as_it_is() {
    let engine = Engine::new();
    let first = engine.login().await;
    let second = engine.successor(&first).await;
    engine.clock.advance(GRACE / 2);
    engine.successor(&second).await;
    engine.successor(&first).await;
    engine.clock.advance(GRACE / 2);
    engine.successor(&second).await;
    assert_eq!(
        engine.refresh(&first).await.err(),
        Some(Denial::TokenReused)
    );
}

#[tokio::test]
async fn a_token_further_behind_than_the_store_remembers_is_reuse() {
    let engine = Engine::new();
    let mut tokens = vec![engine.login().await];
    for generation in 0..9 {
        tokens.push(engine.successor(&tokens[generation]).await);
    }
    let current = engine.successor(&tokens[1]).await;
    assert_eq!(engine.generation_of(&current), 9);
    assert_eq!(
        engine.refresh(&tokens[0]).await.err(),
        Some(Denial::TokenReused)
    );
    assert_eq!(engine.generation().await, None);
}

#[tokio::test]
async fn a_store_clock_that_steps_back_does_not_reopen_grace() {
    let engine = Engine::new();
    let first = engine.login().await;
    let second = engine.successor(&first).await;
    engine.clock.step_back(Duration::from_secs(600));
    assert_eq!(
        engine.refresh(&first).await.err(),
        Some(Denial::TokenReused)
    );
    assert_eq!(
        engine.refresh(&second).await.err(),
        Some(Denial::SessionMissing)
    );
}

#[tokio::test]
async fn generations_that_are_presented_twice_are_reported_at_three_and_when_doubled() {
    let engine = Engine::new();
    let mut token = engine.login().await;
    let mut reported = Vec::new();
    for _ in 0..13 {
        drop(engine.events.take());
        token = presented_twice(&engine, &token).await;
        reported.extend(shared(&engine));
        engine.clock.advance(GRACE * 10);
    }
    assert_eq!(reported, [3, 6, 12]);
    assert_eq!(engine.generation().await, Some(13), "and nothing else");
}

#[tokio::test]
async fn a_generation_that_is_used_once_begins_the_count_again() {
    let engine = Engine::new();
    let mut token = engine.login().await;
    for _ in 0..4 {
        for _ in 0..2 {
            token = presented_twice(&engine, &token).await;
        }
        token = engine.successor(&token).await;
    }
    assert_eq!(shared(&engine), Vec::<u32>::new());
    // More often than twice, within one generation, counts once.
    for _ in 0..10 {
        engine.successor(&token).await;
    }
    assert_eq!(shared(&engine), Vec::<u32>::new());
}

#[tokio::test]
async fn a_shared_session_ends_if_the_policy_revokes_it() {
    let policy = Policy::builder()
        .with_on_shared_session(OnSharedSession::Revoke)
        .with_shared_session_threshold(2)
        .build()
        .unwrap();
    let engine = Engine::with_policy(policy);
    let first = engine.login().await;
    let second = presented_twice(&engine, &first).await;
    let third = engine.successor(&second).await;
    drop(engine.events.take());
    let refused = engine.post(&form(&second)).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
    assert_eq!(refused.denial, Some(Denial::SessionShared));
    assert_eq!(
        engine.events.take_names(),
        ["Revoked", "SharedSession", "Denied"]
    );
    assert_eq!(
        engine.refresh(&third).await.err(),
        Some(Denial::SessionMissing)
    );
}

#[tokio::test]
async fn the_alarm_is_raised_also_where_the_session_cannot_be_ended() {
    for fault in [Fault::Before, Fault::After] {
        let engine = Engine::new();
        let stolen = engine.login().await;
        let newest = engine.successor(&stolen).await;
        engine.clock.advance(GRACE);
        drop(engine.events.take());
        engine.store.plan_success();
        engine.store.plan(fault);
        let refused = engine.post(&form(&stolen)).await;
        assert_eq!(refused.summary(), "503 temporarily_unavailable");
        let events = engine.events.take();
        let reused = events.iter().filter(|event| event.starts_with("Reused"));
        let [reused] = reused.collect::<Vec<_>>()[..] else {
            panic!("{events:?}");
        };
        assert!(reused.contains("end: Unconfirmed"), "{reused}");
        // The next presentation ends it, or finds it gone.
        let refused = engine.post(&form(&stolen)).await;
        assert_eq!(refused.summary(), "400 invalid_grant");
        let refused = engine.post(&form(&newest)).await;
        assert_eq!(refused.summary(), "400 invalid_grant");
    }
}

#[tokio::test]
async fn the_alarm_is_raised_also_where_the_client_hangs_up() {
    let engine = Engine::new();
    let stolen = engine.login().await;
    engine.successor(&stolen).await;
    engine.clock.advance(GRACE);
    drop(engine.events.take());
    engine.store.plan_success();
    engine.store.plan(Fault::HangBefore);
    let dropped = engine.store.drop_where_it_hangs(engine.refresh(&stolen));
    assert!(dropped.await.is_none());
    let events = engine.events.take();
    assert!(
        events
            .iter()
            .any(|event| event.starts_with("Reused") && event.contains("end: Unconfirmed")),
        "{events:?}"
    );
}

/// Uses a stolen token at once, and then the newest five times more; returns the newest.
async fn thief(engine: &Engine, stolen: &str, every: Duration) -> String {
    let mut newest = engine.successor(stolen).await;
    for _ in 0..5 {
        engine.clock.advance(every);
        newest = engine.successor(&newest).await;
    }
    newest
}

/// Rotates, and presents the same token once more.
async fn presented_twice(engine: &Engine, token: &str) -> String {
    let next = engine.successor(token).await;
    let again = engine.successor(token).await;
    assert_eq!(engine.generation_of(&again), engine.generation_of(&next));
    next
}

/// How many generations each report was of.
fn shared(engine: &Engine) -> Vec<u32> {
    let events = engine.events.take();
    let reports = events
        .iter()
        .filter(|event| event.starts_with("SharedSession"));
    reports
        .map(|event| {
            let (_, after) = event.split_once("generations: ").expect("it says how many");
            let end = after.find(|it: char| !it.is_ascii_digit());
            after[..end.unwrap_or(after.len())].parse().unwrap()
        })
        .collect()
}

fn form(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}
