//! Two holders of copies of one session's tokens, at any pace and in any order, on each store.
//!
//! Nothing here knows how the engine judges. What is followed is only which generation is current
//! and when each was superseded, and what is claimed is only this: a token that was superseded at
//! least grace ago is never answered, and presenting it ends the session, whatever was rotated in
//! between. And those who keep to each other's tokens, and are never away for as long as grace, are
//! never logged out.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use reissue::{Clock as _, Denial, Policy};
use reissue_tests::redis::RedisServer;
use reissue_tests::{Engine, FaultyStore};

use super::memory::Memory;
use super::redis::{Redis, TICK};
use super::world::World;
use super::{cases_or, in_time};

#[test]
fn an_old_token_is_never_accepted_and_ends_the_session_on_the_memory_store() {
    check(
        1_000,
        60,
        &[0, 1, 11, 12, 30, 48, 59, 60, 61],
        Memory::default,
    );
}

#[test]
fn an_old_token_is_never_accepted_and_ends_the_session_on_redis() {
    let server = RedisServer::start();
    let waits = &[0, TICK, 2 * TICK, 5 * TICK, 9 * TICK];
    check(100, 5 * TICK, waits, || Redis::on(&server));
}

#[test]
fn without_a_thief_nobody_is_logged_out_on_the_memory_store() {
    check_honest(1_000, 60, &[0, 1, 7, 11, 19], Memory::default);
}

#[test]
fn without_a_thief_nobody_is_logged_out_on_redis() {
    let server = RedisServer::start();
    check_honest(100, 9 * TICK, &[0, TICK, 2 * TICK], || Redis::on(&server));
}

/// Presents a copy of any token that was ever issued, after a while.
#[derive(Clone, Debug)]
enum Copy {
    Any(Index),
    Newest,
    /// The last one that was issued but so many.
    Recent(usize),
}

fn check<W: World>(cases: u32, grace: u64, waits: &'static [u64], world: impl Fn() -> W) {
    let copy = prop_oneof![
        4 => Just(Copy::Newest),
        2 => (1..4_usize).prop_map(Copy::Recent),
        1 => any::<Index>().prop_map(Copy::Any),
    ];
    run(cases, vec((select(waits), copy), 1..40), |steps| async {
        let mut session = Session::new(world(), grace).await;
        for (wait, copy) in steps {
            session.pass(wait).await;
            let held = session.tokens.len();
            let chosen = match copy {
                Copy::Any(index) => index.index(held),
                Copy::Newest => held - 1,
                Copy::Recent(back) => held.saturating_sub(back + 1),
            };
            session.present(chosen).await;
        }
    });
}

/// Tabs that read the newest token, wait, use what they have read, and write what they get.
fn check_honest<W: World>(cases: u32, grace: u64, waits: &'static [u64], world: impl Fn() -> W) {
    // Three tabs. None of them waits for as long as grace with what it has read, nor for more
    // rotations than are remembered.
    let step = (select(waits), 0..3_usize, any::<bool>());
    run(cases, vec(step, 1..40), |steps| async {
        let mut session = Session::new(world(), grace).await;
        let mut read = [(0, session.now()); 3];
        for (wait, tab, presents) in steps {
            session.pass(wait).await;
            for (token, at) in &mut read {
                let behind = session.tokens.len() - 1 - *token;
                if session.now() - *at >= grace || behind >= REMEMBERED {
                    (*token, *at) = (session.tokens.len() - 1, session.now());
                }
            }
            let (token, at) = &mut read[tab];
            if presents {
                let answered = session.present(*token).await;
                assert!(answered, "generation {} of {:?}", token, session.superseded);
            }
            (*token, *at) = (session.tokens.len() - 1, session.now());
        }
    });
}

fn run<T, F>(cases: u32, steps: impl Strategy<Value = Vec<T>>, follow: impl Fn(Vec<T>) -> F)
where
    T: std::fmt::Debug,
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: cases_or(cases),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in steps)| {
        in_time(&runtime, follow(steps));
    });
}

/// A session, all of its tokens by generation, and when each of them was superseded.
struct Session<W: World> {
    world: W,
    engine: Engine<FaultyStore<W::Store>>,
    grace: u64,
    tokens: Vec<String>,
    superseded: Vec<u64>,
    has_ended: bool,
}

impl<W: World> Session<W> {
    async fn new(world: W, grace: u64) -> Self {
        let store = FaultyStore::new(world.store());
        let policy = Policy::builder()
            .with_grace(Duration::from_secs(grace))
            .build();
        let engine = Engine::over(store, world.clock(), |server| {
            server.with_policy(policy.unwrap())
        });
        let first = engine.login().await;
        Self {
            world,
            engine,
            grace,
            tokens: vec![first],
            superseded: Vec::new(),
            has_ended: false,
        }
    }

    fn now(&self) -> u64 {
        self.world.clock().now().as_secs()
    }

    async fn pass(&mut self, seconds: u64) {
        if seconds > 0 {
            self.world.pass(seconds).await;
        }
    }

    /// Returns whether the token was accepted, and asserts that this is right.
    async fn present(&mut self, generation: usize) -> bool {
        let now = self.now();
        let response = self.engine.refresh(&self.tokens[generation]).await;
        if self.has_ended {
            assert_eq!(response.err(), Some(Denial::SessionMissing));
            return false;
        }
        let Some(superseded) = self.superseded.get(generation) else {
            let next = response.expect("the current token is answered");
            let next = next.refresh_token.expect("it rotates").expose().to_owned();
            assert_eq!(self.engine.generation_of(&next), generation as u64 + 1);
            self.tokens.push(next);
            self.superseded.push(now);
            return true;
        };
        let is_remembered = self.superseded.len() - generation <= REMEMBERED;
        if now - superseded < self.grace && is_remembered {
            let again = response.expect("it is within its grace");
            let again = again.refresh_token.expect("it rotates");
            let current = self.tokens.len() as u64 - 1;
            assert_eq!(self.engine.generation_of(again.expose()), current);
            return true;
        }
        assert_eq!(response.err(), Some(Denial::TokenReused));
        self.has_ended = true;
        assert_eq!(self.engine.generation().await, None);
        false
    }
}

/// How many rotations a store remembers.
const REMEMBERED: usize = 8;
