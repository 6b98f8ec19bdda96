//! `advance`.

use super::Harness;
use super::fixture::{Fixture, LONG, MORE_THAN_SHORT, SHORT, assert_between, sid};
use crate::store::{Advance, Advanced, Attempt, Record, Store};

/// An advance writes the new generation, its time and the idle deadline, and forgets the conflicts before it.
pub async fn an_advance_moves_the_generation_and_forgets_conflicts(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let created = fixture.record(sid(1)).await;
    conflict(&fixture, fixture.rotation(sid(1), 7, 1)).await;
    harness.pass(SHORT).await;

    let before = harness.now().await;
    let advanced = fixture.advance(fixture.rotation(sid(1), 0, 2)).await;
    let after = harness.now().await;
    assert_eq!(advanced, Advanced::Done);

    let record = fixture.record(sid(1)).await;
    assert_eq!(record.generation, 1, "generation");
    assert_eq!(record.conflicts, 0, "conflicts");
    assert_eq!(record.revision, 0, "revision");
    assert_eq!(record.details, created.details, "details");
    assert_eq!(record.created_at, created.created_at, "creation");
    assert_between(before, record.rotated_at, after, "the rotation time");
    assert_eq!(
        record.deadline,
        Some(record.rotated_at + LONG),
        "the idle time starts again"
    );
}

/// Generations may be skipped, and are not cut to 32 bits.
pub async fn an_advance_may_skip_generations(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let mut from = 0;
    for (attempt, to) in (1..).zip([3, 1 << 32, (1 << 40) + 1]) {
        let leap = Advance {
            to,
            ..fixture.rotation(sid(1), from, attempt)
        };
        assert_eq!(fixture.advance(leap).await, Advanced::Done, "to {to}");
        assert_eq!(fixture.record(sid(1)).await.generation, to);
        from = to;
    }
}

/// An advance from another generation or revision moves nothing but the conflict count, and answers the record after
/// that.
pub async fn a_wrong_generation_or_revision_is_a_counted_conflict(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    let held = fixture.record(sid(1)).await;

    let behind = fixture.rotation(sid(1), 0, 2);
    let ahead = fixture.rotation(sid(1), 2, 3);
    let of_another_revision = Advance {
        revision: 1,
        idle: None,
        ..fixture.rotation(sid(1), 1, 4)
    };
    for (conflicts, advance) in (1..).zip([behind, ahead, of_another_revision]) {
        let record = conflict(&fixture, advance).await;
        let expected = Record {
            conflicts,
            since_rotation: record.since_rotation,
            ..held.clone()
        };
        assert_eq!(record, expected, "after {advance:?}");
        let loaded = fixture.record(sid(1)).await;
        let expected = Record {
            since_rotation: loaded.since_rotation,
            ..expected
        };
        assert_eq!(loaded, expected, "the count is kept, and nothing else");
    }

    let advanced = fixture.advance(fixture.rotation(sid(1), 1, 2)).await;
    assert_eq!(
        advanced,
        Advanced::Done,
        "an attempt that failed may succeed later"
    );
}

/// The attempt that last succeeded is done again without effect, until another one succeeds.
pub async fn an_attempt_takes_effect_once(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let first = fixture.rotation(sid(1), 0, 1);
    assert_eq!(fixture.advance(first).await, Advanced::Done);
    conflict(&fixture, fixture.rotation(sid(1), 0, 9)).await;
    let held = fixture.record(sid(1)).await;
    harness.pass(SHORT).await;

    for _ in 0..2 {
        assert_eq!(fixture.advance(first).await, Advanced::Done, "sent again");
        let loaded = fixture.record(sid(1)).await;
        let expected = Record {
            since_rotation: loaded.since_rotation,
            ..held.clone()
        };
        assert_eq!(loaded, expected, "without effect");
    }

    let second = fixture.rotation(sid(1), 1, 2);
    assert_eq!(fixture.advance(second).await, Advanced::Done);
    let record = conflict(&fixture, first).await;
    assert_eq!(
        record.generation, 2,
        "an attempt is not remembered for ever"
    );
}

/// Attempts are told apart by every byte of theirs.
pub async fn attempts_are_compared_whole(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let attempt = |last| Attempt::from_bytes([0, 0xff, b'\r', b'\n', 0, 0, 0, last]);
    let first = Advance {
        attempt: attempt(0),
        ..fixture.rotation(sid(1), 0, 0)
    };
    assert_eq!(fixture.advance(first).await, Advanced::Done);
    assert_eq!(fixture.advance(first).await, Advanced::Done, "sent again");
    let other = Advance {
        attempt: attempt(1),
        ..first
    };
    conflict(&fixture, other).await;
}

/// How long ago the last rotation was is measured by the clock of the store.
pub async fn the_age_of_a_rotation_is_measured_by_the_store(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    harness.pass(MORE_THAN_SHORT).await;
    let before = harness.now().await;
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    harness.pass(SHORT).await;

    let conflict = conflict(&fixture, fixture.rotation(sid(1), 0, 2)).await;
    let loaded = fixture.record(sid(1)).await;
    let (_, listed) = fixture.listed(1).await.remove(0);
    let longest = harness.now().await.since(before);
    for record in [conflict, loaded, listed] {
        assert!(
            SHORT <= record.since_rotation && record.since_rotation <= longest,
            "{:?} is not between {SHORT:?} and {longest:?}",
            record.since_rotation
        );
    }
}

/// An advance that must fail, and the record that it answers.
async fn conflict<S>(fixture: &Fixture<S>, advance: Advance) -> Record
where
    S: Store,
{
    match fixture.advance(advance).await {
        Advanced::Conflict(record) => record,
        other => panic!("{advance:?} is not a conflict but {other:?}"),
    }
}
