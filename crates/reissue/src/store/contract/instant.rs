//! The exact instant of deadlines.
//!
//! Every read of the store is between two readings of the clock. If the family is live, its
//! deadline was not reached at the first reading; if it is missing, it was at the second. With a
//! clock that stands still, both readings are equal, so the check is exact.

use std::time::Duration;

use super::Harness;
use super::fixture::{Fixture, LONG, SHORT, at_most, done, one_time_id, sid};
use crate::clock::Timestamp;
use crate::store::{
    Advance, Advanced, Consumed, Create, Created, Replaced, Revision, Revoke, Sid, Store, WhenFull,
};

/// A family is live as long as the clock is before its deadline, and missing for every method when
/// it is not.
pub(super) async fn a_family_is_missing_from_the_instant_of_its_deadline(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let expires_at = harness.now().await + SHORT * 2;
    let until_expiry = |number| Create {
        idle: None,
        expires_at: Some(expires_at),
        ..fixture.family(sid(number))
    };
    for number in 1..=3 {
        fixture.given(until_expiry(number)).await;
    }
    let while_used = Create {
        idle: Some(SHORT),
        ..fixture.family(sid(9))
    };
    fixture.given(while_used).await;
    let idle_deadline = fixture.record(sid(9)).await.deadline;
    let idle_deadline = idle_deadline.expect("it has an idle time");

    for (watched, deadline) in [(sid(9), idle_deadline), (sid(1), expires_at)] {
        harness.pass(time_to_look(harness, deadline).await).await;
        let mut live = METHODS.len();
        while live > 0 {
            live = 0;
            let mut before = harness.now().await;
            for method in METHODS {
                let is_live = is_live_for(&fixture, method, watched).await;
                let after = harness.now().await;
                if is_live {
                    assert!(before < deadline, "{method} found it after its deadline");
                    live += 1;
                } else {
                    assert!(after >= deadline, "{method} missed it before its deadline");
                }
                before = after;
            }
            if live > 0 {
                harness.pass(STEP).await;
            }
        }
    }

    // With a clock that stands still, this is the instant of the deadline.
    assert_eq!(fixture.revoke(Revoke::One(sid(1))).await, 0);
    assert_eq!(fixture.sids().await, []);
    let one_more = |number, when_full| Create {
        limit: at_most(1, when_full),
        ..fixture.family(sid(number))
    };
    let created = fixture.create(one_more(2, WhenFull::EvictOldest)).await;
    assert_eq!(created, done(), "created anew, and nobody had to go");
    let created = fixture.create(one_more(4, WhenFull::Refuse)).await;
    assert_eq!(created, Created::Full);
    assert_eq!(fixture.sids().await, [sid(2)]);
    assert_eq!(fixture.revoke(Revoke::AllBut(sid(3))).await, 1);
}

/// A rotation is remembered as long as it is younger than the `history` of an advance, and not when
/// it is exactly as old.
pub(super) async fn a_rotation_is_old_from_the_instant_of_its_age(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for (number, age) in (1..).zip([SHORT / 2, SHORT - STEP, SHORT]) {
        fixture.given(fixture.family(sid(number))).await;
        let earliest = harness.now().await;
        fixture.advance(fixture.rotation(sid(number), 0, 1)).await;
        let latest = harness.now().await;
        harness.pass(age).await;
        let before = harness.now().await;
        let next = Advance {
            history: SHORT,
            ..fixture.rotation(sid(number), 1, 2)
        };
        fixture.advance(next).await;
        let after = harness.now().await;
        let remembered = fixture.record(sid(number)).await.earlier_rotations.len();
        if after.since(earliest) < SHORT {
            assert_eq!(remembered, 1, "it was younger than {SHORT:?}");
        }
        if before.since(latest) >= SHORT {
            assert_eq!(remembered, 0, "it was {SHORT:?} old");
        }
    }

    let none = Advance {
        history: Duration::ZERO,
        ..fixture.rotation(sid(1), 2, 3)
    };
    fixture.advance(none).await;
    let record = fixture.record(sid(1)).await;
    assert_eq!(record.earlier_rotations, [], "none is younger than that");
}

/// An id is consumed as long as less than its lifetime has passed, and free when that has.
pub(super) async fn an_id_is_free_from_the_instant_when_its_time_is_up(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let id = one_time_id("code", b"value");
    let earliest = harness.now().await + SHORT;
    assert_eq!(fixture.consume(id, SHORT).await, Consumed::First);
    let latest = harness.now().await + SHORT;
    harness.pass(time_to_look(harness, earliest).await).await;
    loop {
        let before = harness.now().await;
        let is_consumed = fixture.is_consumed(id).await;
        let after = harness.now().await;
        if !is_consumed {
            assert!(after >= earliest, "free before its time was up");
            break;
        }
        assert!(before < latest, "consumed though its time was up");
        harness.pass(STEP).await;
    }
    assert_eq!(fixture.consume(id, LONG).await, Consumed::First);
    assert_eq!(fixture.consume(id, LONG).await, Consumed::Already);
}

/// A family without any time to live is missing at once, and an id without a lifetime is free at
/// once.
pub(super) async fn no_time_at_all_is_over_at_once(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let no_time = Create {
        idle: Some(Duration::ZERO),
        ..fixture.family(sid(1))
    };
    fixture.given(no_time).await;
    assert_eq!(fixture.load(sid(1)).await, None, "created");
    fixture.given(fixture.family(sid(2))).await;
    let no_more_time = Advance {
        idle: Some(Duration::ZERO),
        ..fixture.rotation(sid(2), 0, 1)
    };
    assert_eq!(fixture.advance(no_more_time).await, Advanced::Done);
    assert_eq!(fixture.load(sid(2)).await, None, "advanced");
    assert_eq!(fixture.sids().await, []);

    let id = one_time_id("code", b"value");
    for _ in 0..2 {
        let consumed = fixture.consume(id, Duration::ZERO).await;
        assert_eq!(consumed, Consumed::First);
        assert!(!fixture.is_consumed(id).await);
    }
}

/// Returns whether the family is live for a method, without changing it.
async fn is_live_for<S>(fixture: &Fixture<S>, method: &str, sid: Sid) -> bool
where
    S: Store,
{
    match method {
        "advance" => {
            let ahead = fixture.rotation(sid, 99, 99);
            fixture.advance(ahead).await != Advanced::Missing
        }
        "load" => fixture.load(sid).await.is_some(),
        "replace" => {
            let unknown = Revision::ORIGINAL.next(b"unknown");
            let replacement = fixture.replacement(sid, unknown, "of another revision");
            fixture.replace(replacement).await != Replaced::Missing
        }
        _ => fixture.sids().await.contains(&sid),
    }
}

/// How long until shortly before a deadline.
async fn time_to_look(harness: &impl Harness, deadline: Timestamp) -> Duration {
    let left = deadline.since(harness.now().await);
    left.saturating_sub(STEP * 10)
}

const METHODS: [&str; 4] = ["advance", "load", "replace", "sessions"];

/// What a clock counts in.
const STEP: Duration = Duration::from_millis(1);
