//! `advance`.

use std::time::Duration;

use super::Harness;
use super::fixture::{Fixture, LONG, MORE_THAN_SHORT, SHORT, ageless, assert_between, sid};
use crate::store::{Advance, Advanced, Attempt, PastRotation, Record, Revision, Store};

/// An advance writes the new generation, its time and the idle deadline, and resets the conflicts.
pub(super) async fn an_advance_moves_the_generation_and_forgets_conflicts(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let created = fixture.record(sid(1)).await;
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    conflict(&fixture, fixture.rotation(sid(1), 0, 2)).await;
    harness.pass(SHORT).await;

    let before = harness.now().await;
    let advanced = fixture.advance(fixture.rotation(sid(1), 1, 2)).await;
    let after = harness.now().await;
    assert_eq!(advanced, Advanced::Done);

    let record = fixture.record(sid(1)).await;
    assert_eq!(record.generation, 2, "generation");
    assert_eq!(record.conflicts, 0, "conflicts");
    assert_eq!(record.revision, Revision::ORIGINAL, "revision");
    assert_eq!(record.details, created.details, "details");
    assert_eq!(record.created_at, created.created_at, "creation");
    assert_between(before, record.rotated_at, after, "the rotation time");
    assert_eq!(
        record.deadline,
        Some(record.rotated_at + LONG),
        "the idle time starts again"
    );
}

/// Generations may be skipped, up to [`PastRotation::MAX_SKIP`] ahead, and the record contains
/// which were.
pub(super) async fn an_advance_may_skip_generations(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let mut from = 0;
    let mut expected = Vec::new();
    for (attempt, to) in (1..).zip([3, 4, 4 + PastRotation::MAX_SKIP, 300]) {
        let leap = Advance {
            to,
            ..fixture.rotation(sid(1), from, attempt)
        };
        assert_eq!(fixture.advance(leap).await, Advanced::Done, "to {to}");
        expected.insert(0, from);
        let record = fixture.record(sid(1)).await;
        assert_eq!(record.generation, to);
        assert_eq!(superseded_from(&record), expected, "at {to}");
        from = to;
    }
}

/// The rotations before the last are remembered as long as they are younger than the `history` of
/// an advance, at most seven of them, and without a gap.
pub(super) async fn young_rotations_are_remembered(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    for from in 0..10 {
        fixture
            .advance(fixture.rotation(sid(1), from, from as u8))
            .await;
        let remembered: Vec<u64> = (0..=from).rev().take(8).collect();
        let record = fixture.record(sid(1)).await;
        assert_eq!(superseded_from(&record), remembered, "after {from}");
    }

    harness.pass(MORE_THAN_SHORT).await;
    let short = |from, attempt| Advance {
        history: SHORT,
        ..fixture.rotation(sid(1), from, attempt)
    };
    fixture.advance(short(10, 100)).await;
    let record = fixture.record(sid(1)).await;
    assert_eq!(superseded_from(&record), [10], "the others are too old");
    fixture.advance(short(11, 101)).await;
    let record = fixture.record(sid(1)).await;
    assert_eq!(superseded_from(&record), [11, 10], "this one is not");
}

/// Each remembered rotation ages by the store's clock, from its own time.
pub(super) async fn remembered_rotations_have_ages_of_their_own(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let mut moments = Vec::new();
    for from in 0..3 {
        let before = harness.now().await;
        fixture
            .advance(fixture.rotation(sid(1), from, from as u8))
            .await;
        moments.insert(0, (before, harness.now().await));
        harness.pass(SHORT).await;
    }
    let earliest = harness.now().await;
    let record = fixture.record(sid(1)).await;
    let latest = harness.now().await;
    let rotations = record.last_rotation.iter().chain(&record.earlier_rotations);
    let ages: Vec<Duration> = rotations.map(|rotation| rotation.age).collect();
    assert_eq!(ages.len(), 3);
    for (age, (before, after)) in ages.into_iter().zip(moments) {
        let (least, most) = (earliest.since(after), latest.since(before));
        assert!(
            least <= age && age <= most,
            "{age:?} is not between {least:?} and {most:?}"
        );
    }
}

/// The generations in a row that were presented more than once are counted when the record
/// advances.
pub(super) async fn generations_that_are_presented_again_are_counted(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let shared = [0, 1, 2, 0, 0, 1];
    let presented_again = [true, true, false, false, true, true];
    let steps = (0_u8..).zip(shared).zip(presented_again);
    for ((from, shared_generations), again) in steps {
        let rotation = fixture.rotation(sid(1), from.into(), from);
        assert_eq!(fixture.advance(rotation).await, Advanced::Done);
        let record = fixture.record(sid(1)).await;
        assert_eq!(
            record.shared_generations, shared_generations,
            "after {from}"
        );
        for attempt in 100..if again { 103 } else { 100 } {
            let superseded = fixture.rotation(sid(1), from.into(), attempt);
            let record = conflict(&fixture, superseded).await;
            assert_eq!(record.shared_generations, shared_generations, "of {from}");
        }
    }
}

/// The count of shared generations stays at 255 when there are more.
pub(super) async fn the_count_of_shared_generations_saturates(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let attempt = |number: u64| Attempt::from_bytes(number.to_be_bytes());
    for from in 0..258 {
        let advance = Advance {
            attempt: attempt(from),
            ..fixture.rotation(sid(1), from, 0)
        };
        assert_eq!(fixture.advance(advance).await, Advanced::Done);
        let again = Advance {
            attempt: attempt(1_000),
            ..advance
        };
        let record = conflict(&fixture, again).await;
        let expected = u8::try_from(from).unwrap_or(u8::MAX);
        assert_eq!(record.shared_generations, expected, "after {from}");
    }
}

/// An advance from another generation or revision moves nothing but the conflict count, and that
/// for a superseded generation only.
pub(super) async fn a_wrong_generation_or_revision_is_a_conflict(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    let held = ageless(fixture.record(sid(1)).await);

    let superseded = fixture.rotation(sid(1), 0, 2);
    let ahead = fixture.rotation(sid(1), 2, 3);
    let of_another_revision = Advance {
        revision: Revision::ORIGINAL.next(b"another"),
        idle: None,
        ..fixture.rotation(sid(1), 1, 4)
    };
    let conflicts = [1, 1, 1, 2];
    let advances = [superseded, ahead, of_another_revision, superseded];
    for (conflicts, advance) in conflicts.into_iter().zip(advances) {
        let record = conflict(&fixture, advance).await;
        let expected = Record {
            conflicts,
            ..held.clone()
        };
        assert_eq!(ageless(record), expected, "after {advance:?}");
        let loaded = fixture.record(sid(1)).await;
        assert_eq!(
            ageless(loaded),
            expected,
            "the count is kept, and nothing else"
        );
    }

    let advanced = fixture.advance(fixture.rotation(sid(1), 1, 2)).await;
    assert_eq!(
        advanced,
        Advanced::Done,
        "an attempt that failed may succeed later"
    );
}

/// The attempt that last succeeded is done again without effect, until another one succeeds.
pub(super) async fn an_attempt_takes_effect_once(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let first = fixture.rotation(sid(1), 0, 1);
    assert_eq!(fixture.advance(first).await, Advanced::Done);
    conflict(&fixture, fixture.rotation(sid(1), 0, 9)).await;
    let held = ageless(fixture.record(sid(1)).await);
    harness.pass(SHORT).await;

    for _ in 0..2 {
        assert_eq!(fixture.advance(first).await, Advanced::Done, "sent again");
        let loaded = fixture.record(sid(1)).await;
        assert_eq!(ageless(loaded), held, "without effect");
    }
    let replacement = fixture.replacement(sid(1), Revision::ORIGINAL, "other");
    fixture.replace(replacement.clone()).await;
    let again = fixture.advance(first).await;
    assert_eq!(again, Advanced::Done, "after a replacement as well");
    assert_eq!(fixture.record(sid(1)).await.generation, 1);

    let second = Advance {
        revision: replacement.next,
        ..fixture.rotation(sid(1), 1, 2)
    };
    assert_eq!(fixture.advance(second).await, Advanced::Done);
    let record = conflict(&fixture, first).await;
    assert_eq!(
        record.generation, 2,
        "an attempt is not remembered for ever"
    );
}

/// Attempts are distinguished by every byte.
pub(super) async fn attempts_are_compared_whole(harness: &impl Harness) {
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
pub(super) async fn the_age_of_a_rotation_is_measured_by_the_store(harness: &impl Harness) {
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
        let age = record.last_rotation.expect("it has rotated").age;
        assert!(
            SHORT <= age && age <= longest,
            "{age:?} is not between {SHORT:?} and {longest:?}"
        );
    }
}

/// The oldest generation that each remembered rotation superseded, newest first.
fn superseded_from(record: &Record) -> Vec<u64> {
    let rotations = record.last_rotation.iter().chain(&record.earlier_rotations);
    rotations.map(|rotation| rotation.from).collect()
}

/// Runs an advance that must conflict, and returns the record of the conflict.
async fn conflict<S>(fixture: &Fixture<S>, advance: Advance) -> Record
where
    S: Store,
{
    match fixture.advance(advance).await {
        Advanced::Conflict(record) => record,
        other => panic!("{advance:?} is not a conflict but {other:?}"),
    }
}
