#[cfg(feature = "contract")]
mod contract;
mod fixture;
mod threads;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use self::fixture::{
    DAY, SECOND, START, TestStore, block_on, family, one_time_id, ready, rotation, sid, subject,
};
use super::MemoryStore;
use crate::clock::Timestamp;
use crate::store::{
    Advance, Advanced, Consumed, Create, Created, Revoke, SessionLimit, Store, WhenFull,
};

#[test]
fn login_and_logout_in_a_loop_leave_nothing_behind() {
    let store = TestStore::new();
    for number in 0..10_000 {
        store.create(family(sid(number), DAY));
        store.advance(rotation(sid(number), 0));
        assert_eq!(store.revoke(Revoke::One(sid(number))), 1);
    }
    assert_eq!(store.counts(), (0, 0));
}

#[test]
fn revoking_all_and_evicting_leave_nothing_behind() {
    let store = TestStore::new();
    for number in 0..1_000 {
        store.create(family(sid(number), DAY));
    }
    store.create(Create {
        limit: Some(SessionLimit {
            max: 10,
            when_full: WhenFull::EvictOldest,
        }),
        ..family(sid(1_000), DAY)
    });
    assert_eq!(store.counts(), (10, 10));
    assert_eq!(store.revoke(Revoke::AllBut(sid(1_000))), 9);
    assert_eq!(store.counts(), (1, 1));
}

#[test]
fn a_family_has_one_timer_entry_however_often_it_rotates() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    for from in 0..1_000 {
        store.pass(DAY / 10);
        assert_eq!(store.advance(rotation(sid(1), from)), Advanced::Done);
        assert_eq!(store.counts(), (1, 1));
    }
}

#[test]
fn a_family_without_deadline_has_no_timer_entry() {
    let store = TestStore::new();
    store.create(Create {
        idle: None,
        ..family(sid(1), DAY)
    });
    assert_eq!(store.counts(), (1, 0));
    store.advance(rotation(sid(1), 0));
    assert_eq!(store.counts(), (1, 1), "the advance gave it one");
    store.advance(Advance {
        idle: None,
        ..rotation(sid(1), 1)
    });
    store.pass(DAY * 2);
    store.advance(rotation(sid(1), 9));
    assert_eq!(store.counts(), (1, 0), "the entry went when it came due");
}

#[test]
fn a_deadline_that_moves_nearer_is_kept() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    store.advance(Advance {
        idle: Some(SECOND),
        ..rotation(sid(1), 0)
    });
    store.pass(SECOND);
    store.create(family(sid(2), DAY));
    assert_eq!(store.counts(), (1, 1), "only the second family is left");
}

#[test]
fn each_write_removes_a_few_expired_families() {
    let store = TestStore::new();
    for number in 0..100 {
        store.create(family(sid(number), SECOND));
    }
    store.pass(SECOND);
    let mut before = store.counts().0;
    while before > 0 {
        store.revoke(Revoke::One(sid(0)));
        let (after, entries) = store.counts();
        assert!(after < before && before - after <= 8, "{before} to {after}");
        assert_eq!(entries, after);
        before = after;
    }
}

#[test]
fn an_expired_family_is_missing_before_it_is_removed() {
    let store = TestStore::new();
    for number in 0..100 {
        store.create(family(sid(number), SECOND));
    }
    store.pass(SECOND);
    assert_eq!(store.load(sid(99)), None);
    assert_eq!(store.advance(rotation(sid(99), 0)), Advanced::Missing);
    let (families, _) = store.counts();
    assert!(families > 50, "it was still there");
}

#[test]
fn an_expired_family_can_be_created_anew() {
    let store = TestStore::new();
    for number in 0..20 {
        store.create(family(sid(number), SECOND));
    }
    store.pass(SECOND);
    store.create(family(sid(19), DAY));
    store.pass(SECOND);
    for number in 20..30 {
        store.create(family(sid(number), DAY));
    }
    assert!(
        store.load(sid(19)).is_some(),
        "the old entry did not end it"
    );
    assert_eq!(store.counts(), (11, 11));
}

#[test]
fn pages_are_full_and_in_the_order_of_the_sids() {
    let store = TestStore::new();
    let sids = [0, 1, 2, 3, 4].map(sid);
    for sid in sids.iter().rev() {
        store.create(family(*sid, DAY));
    }
    for limit in 1..=6 {
        let mut rest = &sids[..];
        let mut cursor = None;
        loop {
            let page = ready(store.store.sessions(subject(), cursor, limit));
            let page_sids: Vec<_> = page.families.iter().map(|(sid, _)| *sid).collect();
            assert_eq!(page_sids, rest[..limit.min(rest.len())], "{limit}");
            assert_eq!(page.next.is_some(), page.families.len() == limit, "{limit}");
            rest = &rest[page_sids.len()..];
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert!(rest.is_empty(), "{limit}");
    }
    let least = ready(store.store.sessions(subject(), None, 0));
    assert_eq!(least.families.len(), 1, "at least one");
}

#[test]
fn one_time_ids_go_when_they_expire() {
    let store = TestStore::new();
    for number in 0..1_000 {
        store.consume(one_time_id(number), SECOND);
    }
    assert_eq!(store.one_time_ids(), 1_000);
    store.pass(SECOND);
    for number in 0..1_000 {
        assert_eq!(store.consume(one_time_id(number), DAY), Consumed::First);
    }
    assert_eq!(store.one_time_ids(), 1_000);
    store.pass(DAY);
    for number in 0..64 * 16 {
        store.consume(one_time_id(1_000 + number), Duration::ZERO);
    }
    assert!(
        store.one_time_ids() < 100,
        "{} are left",
        store.one_time_ids()
    );
}

#[test]
fn a_clock_that_steps_back_does_not_reopen_grace() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    store.advance(rotation(sid(1), 0));
    let superseded_for = || store.record(sid(1)).superseded_for(0);
    store.set(START - 2_000);
    assert_eq!(
        superseded_for(),
        Some(Duration::ZERO),
        "clocks differ a little"
    );
    store.set(START - 2_001);
    assert_eq!(
        superseded_for(),
        Some(Duration::MAX),
        "older than any grace"
    );
    assert_eq!(store.advance(rotation(sid(1), 1)), Advanced::Done);
    assert_eq!(superseded_for(), None, "and not remembered");
    assert_eq!(store.record(sid(1)).superseded_for(1), Some(Duration::ZERO));
}

#[test]
fn a_session_that_refreshes_seldom_remembers_one_rotation() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    for from in 0..10 {
        store.pass(SECOND * 60);
        store.advance(rotation(sid(1), from));
        assert_eq!(store.record(sid(1)).earlier_rotations, []);
    }
}

#[test]
fn a_deadline_follows_a_clock_that_steps_back() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    store.set(0);
    assert_eq!(store.advance(rotation(sid(1), 0)), Advanced::Done);
    let record = store.record(sid(1));
    assert_eq!(record.deadline, Some(Timestamp::default() + DAY));
    assert!(record.rotated_at < record.created_at);
    store.pass(DAY);
    assert_eq!(store.load(sid(1)), None);
    store.create(family(sid(2), DAY));
    assert_eq!(store.counts(), (1, 1), "the entry followed the deadline");
}

#[test]
fn the_end_of_time_is_no_overflow() {
    let store = TestStore::new();
    store.create(family(sid(1), Duration::MAX));
    store.advance(Advance {
        idle: Some(Duration::MAX),
        ..rotation(sid(1), 0)
    });
    let id = one_time_id(1);
    assert_eq!(store.consume(id, Duration::MAX), Consumed::First);
    store.pass(DAY * 100_000);
    assert_eq!(store.record(sid(1)).generation, 1);
    assert!(store.is_consumed(id));
    assert_eq!(store.consume(id, DAY), Consumed::Already);
}

#[test]
fn ties_of_age_are_evicted_in_order_of_sid() {
    let store = TestStore::new();
    for number in [3, 1, 2] {
        store.create(family(sid(number), DAY));
    }
    let created = store.create(Create {
        limit: Some(SessionLimit {
            max: 2,
            when_full: WhenFull::EvictOldest,
        }),
        ..family(sid(0), DAY)
    });
    let evicted = vec![sid(1), sid(2)];
    assert_eq!(created, Created::Done { evicted });
}

#[test]
fn a_clock_that_panics_costs_one_call_and_no_session() {
    let millis = Arc::new(AtomicU64::new(START));
    let broken = millis.clone();
    let store = MemoryStore::with_clock(move || match broken.load(SeqCst) {
        u64::MAX => panic!("the clock is broken"),
        millis => Timestamp::from_millis(millis),
    });
    ready(store.create(family(sid(1), DAY)));
    millis.store(u64::MAX, SeqCst);
    let advance = AssertUnwindSafe(|| block_on(store.advance(rotation(sid(1), 0))));
    assert!(catch_unwind(advance).is_err());
    millis.store(START, SeqCst);

    let record = ready(store.load(subject(), sid(1))).expect("the family is live");
    assert_eq!(record.generation, 0);
    let advanced = ready(store.advance(rotation(sid(1), 0)));
    assert_eq!(advanced, Advanced::Done);
}

#[test]
fn a_future_that_is_never_polled_has_no_effect() {
    let store = TestStore::new();
    drop(store.store.create(family(sid(1), DAY)));
    assert_eq!(store.load(sid(1)), None);
}

#[test]
fn clones_share_their_sessions_and_debug_shows_none() {
    let store = TestStore::new();
    store.create(family(sid(1), DAY));
    let clone = store.store.clone();
    assert!(ready(clone.load(subject(), sid(1))).is_some());
    assert_eq!(format!("{clone:?}"), "MemoryStore { .. }");
}
