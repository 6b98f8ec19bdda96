//! Random sequences of what clients, applications, clocks and failing stores can do, against a
//! model that knows no token.
//!
//! On the memory store, on SQLite and on Postgres, clocks step by any number of seconds. On Redis
//! they step by whole [ticks](redis::TICK).
//!
//! `REISSUE_TEST_CASES` sets the number of sequences, of up to 40 steps each.

mod memory;
mod postgres;
mod redis;
mod run;
mod sqlite;
mod step;
mod thief;
mod wire;
mod world;

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use reissue_tests::redis::RedisServer;
use tokio::runtime::Runtime;

use self::memory::Memory;
use self::postgres::{Postgres, Server};
use self::redis::{Redis, TICK};
use self::run::Run;
use self::sqlite::Sqlite;
use self::step::{Scale, rules, step};
use self::world::World;

#[test]
fn the_engine_on_the_memory_store_does_what_the_model_does() {
    check(2_000, Scale::SECONDS, async || Memory::default());
}

#[test]
fn the_engine_on_redis_does_what_the_model_does() {
    let server = RedisServer::start();
    check(250, Scale::TICKS, async || Redis::on(&server));
}

#[test]
fn the_engine_on_sqlite_does_what_the_model_does() {
    check(250, Scale::SECONDS, async || Sqlite::new());
}

#[test]
fn the_engine_on_postgres_does_what_the_model_does() {
    let server = Server::start();
    check(250, Scale::SECONDS, async || Postgres::on(&server).await);
}

fn check<W>(cases: u32, scale: Scale, world: impl AsyncFn() -> W)
where
    W: World,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: cases_or(cases),
        failure_persistence: None,
        max_shrink_time: 60_000,
        ..ProptestConfig::default()
    };
    let sequences = (rules(scale), vec(step(scale), 1..40));
    let checked = TestRunner::new(config).run(&sequences, |(rules, steps)| {
        // A connection belongs to the runtime in which it was made, and a world is made in one too.
        in_time(&runtime, async {
            let mut run = Run::new(world().await, rules);
            for (step, faults) in steps {
                run.take(&step, &faults).await;
            }
        });
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
}

/// The clock of a server goes on while a test works. That must not add up to a tick.
fn in_time(runtime: &Runtime, work: impl Future<Output = ()>) {
    let began = Instant::now();
    runtime.block_on(work);
    assert!(began.elapsed() < Duration::from_secs(TICK), "too slow");
}

fn cases_or(default: u32) -> u32 {
    let cases = std::env::var("REISSUE_TEST_CASES").ok();
    cases.map_or(default, |cases| cases.parse().unwrap())
}
