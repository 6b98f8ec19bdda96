//! The engine and the memory store, with concurrent requests in every order.
//!
//! Requests share only the memory store, which waits only for a lock. Built with `--cfg shuttle`, a
//! scheduler controls that lock, so a test can run the orders of concurrent requests: all of them
//! where there are few, and otherwise at random, and with few preemptions at selected points (PCT).
//! Each order begins with a new world, and ends with assertions about the responses and the final
//! state.
//!
//! `tests/interleavings` runs this. A failing schedule is printed, and `shuttle::replay` runs it
//! again.

mod endpoint;
mod expiry;
mod refreshes;
mod reuse;
mod revocation;
mod sessions;
mod tabs;
mod thief;
mod world;

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::thread;
use shuttle::{Config, Runner};

/// Goes through every order.
fn exhaust(scenario: impl Fn() + Send + Sync + 'static) {
    let explored = explore(DfsScheduler::new(Some(MOST), false), scenario);
    assert!(explored > 1, "there is nothing to interleave");
    assert!(explored < MOST, "there are more orders than this");
}

/// Goes through many orders, where there are too many for all.
fn sample(scenario: impl Fn() + Send + Sync + Clone + 'static) {
    explore(RandomScheduler::new(SAMPLES), scenario.clone());
    explore(PctScheduler::new(PREEMPTIONS, SAMPLES), scenario);
}

/// How many orders that were.
fn explore(
    scheduler: impl Scheduler + 'static,
    scenario: impl Fn() + Send + Sync + 'static,
) -> usize {
    let mut config = Config::new();
    // Cryptography that is not optimised is not modest.
    config.stack_size = 1 << 20;
    let explored = Runner::new(scheduler, config).run(scenario);
    if std::env::var_os("REISSUE_COUNT_ORDERS").is_some() {
        #[expect(clippy::print_stderr, reason = "it was asked for")]
        let () = eprintln!("{explored} orders in {:?}", std::thread::current().name());
    }
    explored
}

/// Does two things at once.
fn both<A, B>(
    one: impl FnOnce() -> A + Send + 'static,
    other: impl FnOnce() -> B + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let (one, other) = (thread::spawn(one), thread::spawn(other));
    (one.join().unwrap(), other.join().unwrap())
}

const MOST: usize = 20_000;
const SAMPLES: usize = 500;
const PREEMPTIONS: usize = 3;
