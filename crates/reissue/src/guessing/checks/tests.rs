use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use tokio::task::{JoinHandle, yield_now};

use super::*;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(60);

/// Short, and long enough that a busy machine keeps the order of what is before and after it.
const SHORT: Duration = Duration::from_millis(300);

fn checks(concurrency: usize, queue: usize, deadline: Duration) -> Arc<SlowChecks> {
    Arc::new(SlowChecks::new(concurrency, queue, deadline))
}

/// Begins a check, up to where it waits.
async fn begin(
    checks: &Arc<SlowChecks>,
    purpose: Purpose,
    check: impl FnOnce() -> bool + Send + 'static,
) -> JoinHandle<Outcome> {
    let checks = checks.clone();
    let task = tokio::spawn(async move { checks.run(purpose, check).await });
    yield_now().await;
    task
}

/// Begins a check that runs until the sender is dropped.
async fn begin_stuck(
    checks: &Arc<SlowChecks>,
    purpose: Purpose,
) -> (Sender<()>, JoinHandle<Outcome>) {
    let (sender, receiver) = channel::<()>();
    let task = begin(checks, purpose, move || receiver.recv().is_err()).await;
    (sender, task)
}

async fn decide(checks: &Arc<SlowChecks>, right: bool) -> JoinHandle<Outcome> {
    begin(checks, Purpose::Decide, move || right).await
}

async fn decoy(checks: &Arc<SlowChecks>) -> JoinHandle<Outcome> {
    begin(checks, Purpose::Decoy, || true).await
}

#[tokio::test]
async fn a_secret_is_right_or_wrong_and_a_decoy_is_never_right() {
    let checks = checks(1, 0, LONG);
    assert_eq!(decide(&checks, true).await.await.unwrap(), Outcome::Right);
    assert_eq!(decide(&checks, false).await.await.unwrap(), Outcome::Wrong);
    assert_eq!(decoy(&checks).await.await.unwrap(), Outcome::Wrong);
}

#[tokio::test]
async fn checks_run_in_the_order_in_which_they_came() {
    let checks = checks(1, 50, LONG);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decide).await;
    let ran = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for turn in 0..50 {
        let ran = ran.clone();
        let purpose = [Purpose::Decide, Purpose::Decoy][turn % 2];
        let check = move || {
            ran.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(turn);
            true
        };
        tasks.push(begin(&checks, purpose, check).await);
    }
    drop(stuck);
    first.await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    let ran = ran.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(*ran, (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_full_queue_turns_everybody_away_at_once() {
    let checks = checks(1, 1, LONG);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decide).await;
    let second = decide(&checks, true).await;
    for _ in 0..3 {
        let outcome = decide(&checks, true).await.await.unwrap();
        assert_eq!(outcome, Outcome::Unchecked);
        assert_eq!(decoy(&checks).await.await.unwrap(), Outcome::Unchecked);
    }
    drop(stuck);
    assert_eq!(first.await.unwrap(), Outcome::Right);
    assert_eq!(second.await.unwrap(), Outcome::Right);
    assert_eq!(decide(&checks, true).await.await.unwrap(), Outcome::Right);
}

#[tokio::test]
async fn a_check_waits_no_longer_than_the_deadline_though_those_that_run_are_stuck() {
    let checks = checks(1, 2, SHORT);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decide).await;
    let begun = Instant::now();
    let (right, wrong) = (decide(&checks, true).await, decide(&checks, false).await);
    assert_eq!(right.await.unwrap(), Outcome::Unchecked);
    assert_eq!(wrong.await.unwrap(), Outcome::Unchecked);
    assert!(begun.elapsed() >= SHORT);
    // Their places are free again, while the first one still runs.
    let third = decide(&checks, true).await;
    drop(stuck);
    assert_eq!(first.await.unwrap(), Outcome::Right, "it had its turn");
    assert_eq!(third.await.unwrap(), Outcome::Right);
}

#[tokio::test]
async fn decoys_never_have_more_than_half_of_the_places() {
    let checks = checks(1, 3, SHORT);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decoy).await;
    let second = decoy(&checks).await;
    let without_a_place: Vec<_> = [decoy(&checks).await, decoy(&checks).await].into();
    let right = decide(&checks, true).await;
    let wrong = decide(&checks, false).await;
    let full = decide(&checks, true).await;
    assert_eq!(full.await.unwrap(), Outcome::Unchecked);
    drop(stuck);
    assert_eq!(first.await.unwrap(), Outcome::Wrong);
    assert_eq!(second.await.unwrap(), Outcome::Wrong);
    assert_eq!(right.await.unwrap(), Outcome::Right);
    // A wrong secret ends like a decoy that found no place.
    for task in without_a_place {
        assert_eq!(task.await.unwrap(), Outcome::Withheld);
    }
    assert_eq!(wrong.await.unwrap(), Outcome::Withheld);
}

#[tokio::test]
async fn while_decoys_have_all_their_places_a_wrong_secret_is_withheld_until_the_deadline() {
    let checks = checks(2, 0, SHORT);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decoy).await;
    for is_known in [true, false] {
        let begun = Instant::now();
        let task = match is_known {
            true => decide(&checks, false).await,
            false => decoy(&checks).await,
        };
        assert_eq!(task.await.unwrap(), Outcome::Withheld);
        assert!(begun.elapsed() >= SHORT);
    }
    let right = decide(&checks, true).await;
    assert_eq!(right.await.unwrap(), Outcome::Right);
    drop(stuck);
    first.await.unwrap();
    assert_eq!(decide(&checks, false).await.await.unwrap(), Outcome::Wrong);
}

#[tokio::test]
async fn a_decoy_whose_turn_would_not_have_come_is_unchecked_as_a_wrong_secret_is() {
    let checks = checks(1, 2, SHORT);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decoy).await;
    let without_a_place = decoy(&checks).await;
    let wrong = decide(&checks, false).await;
    assert_eq!(without_a_place.await.unwrap(), Outcome::Unchecked);
    assert_eq!(wrong.await.unwrap(), Outcome::Unchecked);
    drop(stuck);
    first.await.unwrap();
}

#[tokio::test]
async fn a_dropped_check_gives_up_its_place_in_the_queue() {
    let checks = checks(1, 1, LONG);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decide).await;
    for purpose in [Purpose::Decide, Purpose::Decoy] {
        let gone = begin(&checks, purpose, || panic!("nobody waits for it")).await;
        gone.abort();
        assert!(gone.await.is_err());
    }
    let second = decide(&checks, true).await;
    drop(stuck);
    assert_eq!(first.await.unwrap(), Outcome::Right);
    assert_eq!(second.await.unwrap(), Outcome::Right);
}

#[tokio::test]
async fn a_dropped_check_that_runs_keeps_its_place() {
    let checks = checks(1, 0, LONG);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decide).await;
    first.abort();
    assert!(first.await.is_err());
    let outcome = decide(&checks, true).await.await.unwrap();
    assert_eq!(outcome, Outcome::Unchecked);
    drop(stuck);
}

#[tokio::test]
async fn a_check_that_panics_is_unchecked_and_the_next_one_runs() {
    let checks = checks(1, 1, LONG);
    let panics = begin(&checks, Purpose::Decoy, || panic!("on purpose")).await;
    let next = decide(&checks, true).await;
    assert_eq!(panics.await.unwrap(), Outcome::Unchecked);
    assert_eq!(next.await.unwrap(), Outcome::Right);
    assert_eq!(decoy(&checks).await.await.unwrap(), Outcome::Wrong);
}

#[tokio::test]
async fn there_are_never_more_threads_than_checks_may_run_at_once() {
    for concurrency in [1, 3] {
        let checks = checks(concurrency, 1_000, LONG);
        let threads = Arc::new(Mutex::new(HashSet::new()));
        let mut tasks = Vec::new();
        for turn in 0..300 {
            let (seen, checks) = (threads.clone(), checks.clone());
            let check = move || {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.insert(thread::current().id());
                true
            };
            tasks.push(tokio::spawn(async move {
                checks.run(Purpose::Decide, check).await
            }));
            // In bursts, and one after the other.
            if turn % 50 > 25 {
                tasks.pop().unwrap().await.unwrap();
            }
        }
        for task in tasks {
            assert_eq!(task.await.unwrap(), Outcome::Right);
        }
        let threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(threads.len() <= concurrency, "{threads:?}");
    }
}

#[tokio::test]
async fn threads_end_when_there_is_nothing_to_check() {
    let checks = checks(2, 0, SHORT);
    let queue = Arc::downgrade(&checks.queue);
    let (stuck, first) = begin_stuck(&checks, Purpose::Decoy).await;
    assert_eq!(
        decide(&checks, false).await.await.unwrap(),
        Outcome::Withheld
    );
    drop(stuck);
    first.await.unwrap();
    drop(checks);
    // Each thread has the queue for as long as it lives.
    while queue.strong_count() > 0 {
        thread::yield_now();
    }
}

/// The time of a check is one step of a counter, so that nothing depends on how fast the machine
/// is.
#[tokio::test]
async fn whatever_attackers_do_every_right_client_is_served_within_the_queue_and_two_checks() {
    const QUEUE: usize = 15;
    let checks = checks(1, QUEUE, LONG);
    let started = Arc::new(AtomicUsize::new(0));
    let attackers: Vec<_> = (0..80)
        .map(|attacker| {
            let (checks, started) = (checks.clone(), started.clone());
            tokio::spawn(async move {
                loop {
                    let started = started.clone();
                    let check = move || {
                        started.fetch_add(1, Ordering::SeqCst);
                        false
                    };
                    let guess = checks.run(Purpose::Decoy, check);
                    // Some wait for the answer, some hang up.
                    match attacker % 2 {
                        0 => drop(guess.await),
                        _ => drop(give_up(guess).await),
                    }
                    yield_now().await;
                }
            })
        })
        .collect();
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (checks, started) = (checks.clone(), started.clone());
            tokio::spawn(async move {
                for _ in 0..100 {
                    let before = started.load(Ordering::SeqCst);
                    let own = started.clone();
                    let turn = Arc::new(AtomicUsize::new(0));
                    let own_turn = turn.clone();
                    let check = move || {
                        own_turn.store(own.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        true
                    };
                    let outcome = checks.run(Purpose::Decide, check).await;
                    assert_eq!(outcome, Outcome::Right);
                    let waited = turn.load(Ordering::SeqCst) - before;
                    assert!(waited <= QUEUE + 2, "{waited} checks");
                    yield_now().await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    for attacker in attackers {
        attacker.abort();
    }
}

/// Polls a few times.
async fn give_up(guess: impl Future<Output = Outcome>) -> Option<Outcome> {
    let patience = async {
        for _ in 0..5 {
            yield_now().await;
        }
    };
    tokio::select! {
        outcome = guess => Some(outcome),
        () = patience => None,
    }
}
