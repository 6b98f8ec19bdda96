//! Futures that are dropped before they are ready.
//!
//! Each future is dropped after no poll, one poll, two polls, and so on, until it is ready before.
//! A command that was sent already may still take effect after the drop, so a check reads more than
//! once, and accepts the change at any time; but it accepts no state between before and after.

use std::future::{self, Future};
use std::pin::pin;
use std::task::Poll;

use super::Harness;
use super::fixture::{
    Fixture, LONG, MORE_THAN_SHORT, SHORT, TICK, ageless, at_most, nth, one_time_id, sid, subject,
};
use crate::store::{
    Advance, Advanced, Consume, Create, Created, PastRotation, Record, Replaced, Revision, Revoke,
    Sid, Store, WhenFull,
};

/// A dropped create, with its eviction, has happened completely or not at all: either the new
/// family exists and the oldest does not, or the other way round.
pub(super) async fn a_dropped_create_takes_effect_whole_or_not_at_all(harness: &impl Harness) {
    let mut fixture = Fixture::new(harness).await;
    for polls in 0..MOST_POLLS {
        fixture.subject = subject(&format!("login {polls}"));
        for number in 1..=3 {
            fixture.given(fixture.family(sid(number))).await;
        }
        let create = Create {
            limit: at_most(3, WhenFull::EvictOldest),
            ..fixture.family(sid(4))
        };
        let future = fixture.store.create(create.clone());
        let is_ready = is_ready_after(harness, polls, future).await;
        let mut is_done = is_ready;
        for _ in 0..LOOKS {
            let sids = fixture.sids().await;
            is_done = is_done || sids.contains(&sid(4));
            let expected = [1, 2, 3].map(|number| sid(if is_done { number + 1 } else { number }));
            assert_eq!(sids, expected, "dropped after {polls} polls");
            harness.pause().await;
        }
        let Created::Done { evicted } = fixture.create(create).await else {
            panic!("a create that may evict evicts");
        };
        let may_go = if is_done { &[][..] } else { &[sid(1)] };
        assert!(evicted.is_empty() || evicted == may_go, "{evicted:?}");
        assert_eq!(fixture.sids().await, [sid(2), sid(3), sid(4)], "sent again");
        let record = fixture.record(sid(4)).await;
        assert_eq!(record.details, "details", "details");
        assert_eq!(record.deadline, Some(record.created_at + LONG), "deadline");
        if is_ready {
            return;
        }
    }
}

/// A dropped advance has happened completely or not at all: generation, attempt, rotation,
/// conflicts and deadline change together.
pub(super) async fn a_dropped_advance_takes_effect_whole_or_not_at_all(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for polls in 0..MOST_POLLS {
        let sid = nth(polls);
        fixture.given(fixture.family(sid)).await;
        fixture.advance(fixture.rotation(sid, 0, 1)).await;
        fixture.advance(fixture.rotation(sid, 0, 2)).await;
        let before = ageless(fixture.record(sid).await);
        harness.pass(TICK).await;
        let started = harness.now().await;

        let advance = Advance {
            to: 4,
            idle: Some(LONG * 2),
            ..fixture.rotation(sid, 1, 3)
        };
        let is_ready = is_ready_after(harness, polls, fixture.store.advance(advance)).await;
        let mut is_done = is_ready;
        for look in 0..=LOOKS {
            if look == LOOKS {
                let again = fixture.advance(advance).await;
                assert_eq!(again, Advanced::Done, "dropped after {polls} polls");
                is_done = true;
            }
            let record = ageless(fixture.record(sid).await);
            is_done = is_done || record != before;
            if is_done {
                assert!(started <= record.rotated_at, "dropped after {polls} polls");
                let expected = advanced(&before, &record);
                assert_eq!(record, expected, "dropped after {polls} polls");
            }
            harness.pause().await;
        }

        let another = Advance {
            attempt: fixture.rotation(sid, 1, 4).attempt,
            ..advance
        };
        let Advanced::Conflict(record) = fixture.advance(another).await else {
            panic!("a second attempt advanced from the same generation");
        };
        assert_eq!((record.generation, record.conflicts), (4, 1));
        let next = fixture.advance(fixture.rotation(sid, 4, 5)).await;
        assert_eq!(next, Advanced::Done, "the family goes on");
        if is_ready {
            return;
        }
    }
}

/// A dropped replacement has happened completely or not at all: the revision and the details change
/// together.
pub(super) async fn a_dropped_replacement_takes_effect_whole_or_not_at_all(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for polls in 0..MOST_POLLS {
        let sid = nth(polls);
        fixture.given(fixture.family(sid)).await;
        fixture.advance(fixture.rotation(sid, 0, 1)).await;
        let before = ageless(fixture.record(sid).await);
        let replacement = fixture.replacement(sid, Revision::ORIGINAL, "other details");
        let after = Record {
            revision: replacement.next,
            details: replacement.details.clone(),
            ..before.clone()
        };
        let future = fixture.store.replace(replacement.clone());
        let is_ready = is_ready_after(harness, polls, future).await;
        let mut is_done = is_ready;
        for _ in 0..LOOKS {
            let record = ageless(fixture.record(sid).await);
            is_done = is_done || record != before;
            let expected = if is_done { &after } else { &before };
            assert_eq!(record, *expected, "dropped after {polls} polls");
            harness.pause().await;
        }
        assert_eq!(fixture.replace(replacement).await, Replaced::Done);
        assert_eq!(ageless(fixture.record(sid).await), after, "sent again");
        if is_ready {
            return;
        }
    }
}

/// A dropped revocation has ended every family that it names, or none.
pub(super) async fn a_dropped_revocation_takes_effect_whole_or_not_at_all(harness: &impl Harness) {
    let mut fixture = Fixture::new(harness).await;
    let everyone = [1, 2, 3, 4, 5].map(sid);
    let cases: [(Revoke, &[Sid]); 3] = [
        (Revoke::All, &[]),
        (Revoke::AllBut(sid(3)), &[sid(3)]),
        (Revoke::One(sid(5)), &everyone[..4]),
    ];
    for (revoke, spared) in cases {
        for polls in 0..MOST_POLLS {
            fixture.subject = subject(&format!("{revoke:?} {polls}"));
            for sid in everyone {
                fixture.given(fixture.family(sid)).await;
            }
            let future = fixture.store.revoke(fixture.subject, revoke);
            let is_ready = is_ready_after(harness, polls, future).await;
            let mut is_done = is_ready;
            for _ in 0..LOOKS {
                let sids = fixture.sids().await;
                is_done = is_done || sids != everyone;
                let expected = if is_done { spared } else { &everyone };
                assert_eq!(sids, expected, "{revoke:?} dropped after {polls} polls");
                harness.pause().await;
            }
            fixture.revoke(revoke).await;
            assert_eq!(fixture.sids().await, spared, "sent again");
            if is_ready {
                break;
            }
        }
    }
}

/// A dropped consumption has happened completely or not at all: the id is consumed for its
/// lifetime, or free.
pub(super) async fn a_dropped_consumption_takes_effect_whole_or_not_at_all(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let id = |polls: usize| one_time_id("dropped", &polls.to_be_bytes());
    let mut dropped = 0;
    for polls in 0..MOST_POLLS {
        let consume = Consume {
            id: id(polls),
            lifetime: SHORT,
            is_revocation: false,
        };
        let is_ready = is_ready_after(harness, polls, fixture.store.consume(consume)).await;
        dropped = polls;
        if is_ready {
            break;
        }
    }
    harness.pass(MORE_THAN_SHORT).await;
    for polls in 0..=dropped {
        let is_consumed = fixture.is_consumed(id(polls)).await;
        assert!(!is_consumed, "for ever, dropped after {polls} polls");
    }
}

/// Dropped calls, of every method, leave nothing behind that others wait for, and dropped reads
/// change nothing.
pub(super) async fn dropped_calls_hold_nothing_up(harness: &impl Harness) {
    let mut fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    let before = ageless(fixture.record(sid(1)).await);
    let alice = fixture.subject;
    for round in 0..DROPPED_CALLS {
        let polls = round % 4;
        let store = &fixture.store;
        let id = one_time_id("looked at", b"value");
        is_ready_after(harness, polls, store.load(alice, sid(1))).await;
        is_ready_after(harness, polls, store.sessions(alice, None, 10)).await;
        is_ready_after(harness, polls, store.is_consumed(id)).await;
        is_ready_after(harness, polls, store.ready()).await;

        fixture.subject = subject("bob");
        let create = fixture.family(nth(round));
        let advance = fixture.rotation(nth(round), 0, 1);
        let replacement = fixture.replacement(nth(round), Revision::ORIGINAL, "other");
        let revoke = Revoke::One(nth(round));
        let consume = Consume {
            id: one_time_id("dropped", &round.to_be_bytes()),
            lifetime: LONG,
            is_revocation: false,
        };
        let store = &fixture.store;
        is_ready_after(harness, polls, store.create(create)).await;
        is_ready_after(harness, polls, store.advance(advance)).await;
        is_ready_after(harness, polls, store.replace(replacement)).await;
        is_ready_after(harness, polls, store.revoke(fixture.subject, revoke)).await;
        is_ready_after(harness, polls, store.consume(consume)).await;
        fixture.subject = alice;
    }
    assert_eq!(ageless(fixture.record(sid(1)).await), before, "untouched");
    assert_eq!(fixture.sids().await, [sid(1)]);
    assert!(
        !fixture
            .is_consumed(one_time_id("looked at", b"value"))
            .await
    );
    let advanced = fixture.advance(fixture.rotation(sid(1), 1, 2)).await;
    assert_eq!(advanced, Advanced::Done);
    assert_eq!(fixture.revoke(Revoke::All).await, 1);
    let ready = fixture.store.ready().await;
    assert!(ready.is_ok(), "{ready:?}");
}

/// Polls a future at most so many times, with a pause after each, and drops it. Returns whether it
/// was ready.
async fn is_ready_after<F>(harness: &impl Harness, polls: usize, future: F) -> bool
where
    F: Future + Send,
{
    let mut future = pin!(future);
    for _ in 0..polls {
        let poll = future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready()));
        if poll.await {
            return true;
        }
        harness.pause().await;
    }
    false
}

/// Returns the record that `before` must have become, with the rotation time of `after`.
fn advanced(before: &Record, after: &Record) -> Record {
    let rotation = |from| PastRotation {
        from,
        age: std::time::Duration::ZERO,
    };
    Record {
        generation: 4,
        conflicts: 0,
        shared_generations: 1,
        rotated_at: after.rotated_at,
        last_rotation: Some(rotation(1)),
        earlier_rotations: vec![rotation(0)],
        deadline: Some(after.rotated_at + LONG * 2),
        ..before.clone()
    }
}

/// More polls than a future needs that does its I/O at its first chance; one that needs more is
/// dropped that often.
const MOST_POLLS: usize = 48;

/// How often a check looks for what a dropped future may still do.
const LOOKS: usize = 3;

/// How many calls of each method are dropped.
const DROPPED_CALLS: usize = 64;
