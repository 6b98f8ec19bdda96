//! Races: whatever happens at once, a session has one chain, and a round advances it once.

use std::sync::Arc;
use std::time::Duration;

use reissue::store::{MemoryStore, Revision};
use reissue::{Denial, Policy, PresentedToken, Tokens};
use reissue_tests::{Engine, ManualClock, Slow, trusted};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

type Racing = Engine<Slow<MemoryStore>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_round_of_refreshes_advances_once_and_all_get_the_same_generation() {
    let engine = racing(Policy::default());
    let mut tokens = vec![engine.login().await; CLIENTS];
    for round in 1..=ROUNDS {
        // From the second round on, every client presents a token of its own.
        let responses = refresh_all([engine.clone()], tokens).await;
        tokens = responses.iter().map(successor_of).collect();
        assert_eq!(engine.generation().await, Some(round));
        for token in &tokens {
            assert_eq!(engine.generation_of(token), round);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_over_one_store_are_one() {
    let engine = racing(Policy::default());
    let twin = engine.twin();
    let mut tokens = vec![engine.login().await; CLIENTS];
    for round in 1..=ROUNDS {
        let responses = refresh_all([engine.clone(), twin.clone()], tokens).await;
        tokens = responses.iter().map(successor_of).collect();
        assert_eq!(twin.generation().await, Some(round));
        let refreshed = [&engine, &twin].map(|server| {
            let names = server.events.take_names();
            names.iter().filter(|name| *name == "Refreshed").count()
        });
        assert_eq!(refreshed.iter().sum::<usize>(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_grace_one_succeeds_and_the_race_counts_as_theft() {
    let policy = Policy::builder()
        .with_grace(Duration::ZERO)
        .build()
        .unwrap();
    let engine = racing(policy);
    for _ in 0..ROUNDS {
        let token = engine.login().await;
        let responses = refresh_all([engine.clone()], vec![token; CLIENTS]).await;
        let answered: Vec<String> = responses.iter().flatten().map(refresh_token).collect();
        let [successor] = answered.as_slice() else {
            panic!("{} were answered", answered.len());
        };
        for denial in responses
            .iter()
            .filter_map(|response| response.as_ref().err())
        {
            assert!(matches!(
                denial,
                Denial::TokenReused | Denial::SessionMissing
            ));
        }
        assert_eq!(engine.generation().await, None);
        assert_eq!(
            engine.refresh(successor).await.err(),
            Some(Denial::SessionMissing)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn past_the_retry_cap_a_storm_is_denied_and_nothing_is_lost() {
    let engine = racing(Policy::builder().with_retry_cap(8).build().unwrap());
    let token = engine.login().await;
    let responses = refresh_all([engine.clone()], vec![token; CLIENTS]).await;
    let answered: Vec<String> = responses.iter().flatten().map(refresh_token).collect();
    assert_eq!(answered.len(), 9);
    for denial in responses
        .iter()
        .filter_map(|response| response.as_ref().err())
    {
        assert_eq!(*denial, Denial::TokenSuperseded);
    }
    let next = engine.successor(&answered[0]).await;
    assert_eq!(engine.generation_of(&next), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_confirmed_revocation_nothing_that_raced_with_it_is_accepted() {
    let engine = racing(Policy::default());
    for _ in 0..ROUNDS {
        let token = engine.login().await;
        let revoked = {
            let (engine, token) = (engine.clone(), token.clone());
            async move {
                engine
                    .server
                    .revoke(&trusted("web"), PresentedToken::new(&token))
                    .await
            }
        };
        let (responses, revoked) = tokio::join!(
            refresh_all([engine.clone()], vec![token.clone(); CLIENTS]),
            tokio::spawn(revoked)
        );
        revoked.unwrap().unwrap();
        all_are_dead(&engine, &token, &responses).await;
        for denial in responses
            .iter()
            .filter_map(|response| response.as_ref().err())
        {
            assert_eq!(*denial, Denial::SessionMissing);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_races_with_refreshes_is_kept_and_costs_no_generation() {
    let engine = racing(Policy::default());
    for _ in 0..ROUNDS {
        let token = engine.login().await;
        let (sid, _) = engine.only_record().await.unwrap();
        let amend = {
            let server = engine.server.clone();
            async move {
                let narrow = |grant: &mut reissue::Grant| grant.scope = "read".parse().unwrap();
                server.amend_session("alice", sid, narrow).await
            }
        };
        let (responses, amended) = tokio::join!(
            refresh_all([engine.clone()], vec![token; CLIENTS]),
            tokio::spawn(amend)
        );
        assert_eq!(amended.unwrap().unwrap(), reissue::AmendOutcome::Done);
        let record = engine.record(sid).await.unwrap();
        let amended = record.revision;
        assert_eq!(record.generation, 1);
        assert_ne!(amended, Revision::ORIGINAL);
        for response in &responses {
            let tokens = response.as_ref().unwrap();
            let opened = engine.keys.open(&refresh_token(tokens));
            assert_eq!(opened.generation, 1);
            // Either before the change or after it, never between.
            let sealed = (
                opened.revision,
                opened.scope.as_str(),
                tokens.scope.as_str(),
            );
            let (before, after) = ("openid read write", "read");
            assert!(
                sealed == (Revision::ORIGINAL, before, before) || sealed == (amended, after, after),
                "{sealed:?}"
            );
        }
        let later = engine.refresh(&successor_of(&responses[0])).await.unwrap();
        assert_eq!(later.scope.as_str(), "read");
        engine.server.revoke_sessions("alice", None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_that_race_with_each_other_are_all_made() {
    let engine = racing(Policy::default());
    engine.login().await;
    let (sid, _) = engine.only_record().await.unwrap();
    let mut changes = JoinSet::new();
    for letter in 'a'..='p' {
        let server = engine.server.clone();
        changes.spawn(async move {
            let lengthen = |grant: &mut reissue::Grant| {
                grant.label.get_or_insert_default().push(letter);
            };
            server.amend_session("alice", sid, lengthen).await
        });
    }
    for changed in changes.join_all().await {
        assert_eq!(changed.unwrap(), reissue::AmendOutcome::Done);
    }
    let sessions = engine.server.sessions("alice").await.unwrap();
    let mut letters: Vec<char> = sessions[0].label.as_deref().unwrap().chars().collect();
    letters.sort_unstable();
    assert!(letters.into_iter().eq('a'..='p'));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_reuse_was_noticed_nothing_that_raced_with_it_is_accepted() {
    let engine = racing(Policy::default());
    for _ in 0..ROUNDS {
        let stolen = engine.login().await;
        let token = engine.successor(&stolen).await;
        engine.clock.advance(Duration::from_secs(61));
        let theft = {
            let (engine, stolen) = (engine.clone(), stolen.clone());
            async move { engine.refresh(&stolen).await }
        };
        let (responses, theft) = tokio::join!(
            refresh_all([engine.clone()], vec![token.clone(); CLIENTS]),
            tokio::spawn(theft)
        );
        let theft = theft.unwrap().expect_err("a stolen token was answered");
        assert_eq!(theft, Denial::TokenReused);
        all_are_dead(&engine, &token, &responses).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn logins_at_once_are_sessions_of_their_own() {
    let engine = racing(Policy::default());
    let mut logins = JoinSet::new();
    for _ in 0..CLIENTS {
        let engine = engine.clone();
        logins.spawn(async move { engine.login().await });
    }
    let tokens = logins.join_all().await;
    let responses = refresh_all([engine.clone()], tokens).await;
    for response in &responses {
        assert_eq!(engine.generation_of(&successor_of(response)), 1);
    }
    assert_eq!(
        engine.server.sessions("alice").await.unwrap().len(),
        CLIENTS
    );
}

/// Every client refreshes with its own token at the same moment; the servers take turns.
async fn refresh_all<const N: usize>(
    servers: [Racing; N],
    tokens: Vec<String>,
) -> Vec<Result<Tokens, Denial>> {
    let start = Arc::new(Barrier::new(tokens.len()));
    let mut clients = JoinSet::new();
    for (number, token) in tokens.into_iter().enumerate() {
        let engine = servers[number % N].clone();
        let start = start.clone();
        clients.spawn(async move {
            start.wait().await;
            engine.refresh(&token).await
        });
    }
    clients.join_all().await
}

/// Asserts that neither the token nor any later one is accepted, and that there is no session.
async fn all_are_dead(engine: &Racing, token: &str, responses: &[Result<Tokens, Denial>]) {
    assert_eq!(engine.generation().await, None);
    assert_eq!(
        engine.refresh(token).await.err(),
        Some(Denial::SessionMissing)
    );
    for tokens in responses.iter().flatten() {
        let refused = engine.refresh(&refresh_token(tokens)).await;
        assert_eq!(refused.err(), Some(Denial::SessionMissing));
    }
}

fn racing(policy: Policy) -> Racing {
    let clock = ManualClock::default();
    let store = Slow(MemoryStore::with_clock(clock.clone()));
    Engine::over(store, &clock, |server| server.with_policy(policy))
}

fn successor_of(response: &Result<Tokens, Denial>) -> String {
    refresh_token(response.as_ref().expect("the refresh is answered"))
}

fn refresh_token(tokens: &Tokens) -> String {
    tokens.refresh_token.as_ref().unwrap().expose().to_owned()
}

const CLIENTS: usize = 64;
const ROUNDS: u64 = 12;
