//! Real threads, since the futures of the memory store never interleave in one.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use super::fixture::{DAY, TestStore, family, one_time_id, ready, rotation, sid, subject};
use crate::store::{
    Advance, Advanced, Attempt, Consumed, Create, Created, Revoke, SessionLimit, Store, WhenFull,
};

#[test]
fn threads_that_race_for_generations_lose_and_fork_none() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    let done = AtomicU64::new(0);
    let conflicts = AtomicU64::new(0);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (store, done, conflicts) = (&store, &done, &conflicts);
            scope.spawn(move || {
                let mut generation = 0;
                for number in 0..2_000_u64 {
                    let attempt = (thread << 32 | number).to_be_bytes();
                    let advance = Advance {
                        attempt: Attempt::from_bytes(attempt),
                        ..rotation(sid(1), generation)
                    };
                    match store.advance(advance) {
                        Advanced::Conflict(record) => {
                            assert!(generation < record.generation);
                            generation = record.generation;
                            conflicts.fetch_add(1, SeqCst);
                        }
                        Advanced::Done => {
                            generation += 1;
                            done.fetch_add(1, SeqCst);
                        }
                        Advanced::Missing => panic!("the family is live"),
                    }
                }
            });
        }
    });
    let record = store.record(sid(1));
    assert_eq!(record.generation, done.load(SeqCst));
    assert_eq!(done.load(SeqCst) + conflicts.load(SeqCst), THREADS * 2_000);
}

#[test]
fn threads_that_log_in_and_out_never_exceed_the_limit() {
    let store = TestStore::new();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for number in 0..500 {
                    let sid = sid(thread << 32 | number);
                    let when_full = if number % 2 == 0 {
                        WhenFull::EvictOldest
                    } else {
                        WhenFull::Refuse
                    };
                    let created = store.create(Create {
                        limit: Some(SessionLimit { max: 5, when_full }),
                        ..family(sid, DAY)
                    });
                    assert!(when_full == WhenFull::Refuse || created != Created::Full);
                    assert!(live(store) <= 5);
                    if number % 3 == 0 {
                        store.revoke(Revoke::One(sid));
                        assert_eq!(store.load(sid), None);
                    }
                }
            });
        }
    });
    let live = live(&store);
    assert!((1..=5).contains(&live), "{live} are live");
    assert_eq!(store.counts(), (live, live));
}

#[test]
fn threads_that_consume_one_id_have_one_winner() {
    let store = TestStore::new();
    let first = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for number in 0..500_u64 {
                    if store.consume(one_time_id(number), DAY) == Consumed::First {
                        first.fetch_add(1, SeqCst);
                    }
                }
            });
        }
    });
    assert_eq!(first.load(SeqCst), 500);
}

fn live(store: &TestStore) -> usize {
    ready(store.store.sessions(subject(), None, usize::MAX))
        .families
        .len()
}

const THREADS: u64 = 8;
