//! A clock that steps back, if the harness supports it.

use std::time::Duration;

use super::Harness;
use super::fixture::{Fixture, LONG, sid};
use crate::store::{Advance, Advanced, PastRotation, Record};

/// The age of a rotation in the future is zero up to [`PastRotation::MAX_SKEW`], and more than any
/// grace period beyond; then neither it nor an earlier one is remembered.
pub(super) async fn a_clock_that_steps_back_does_not_reopen_grace(harness: &impl Harness) {
    if !harness.step_back(Duration::ZERO).await {
        return;
    }
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    for from in [0, 1] {
        let advance = fixture.rotation(sid(1), from, from as u8);
        assert_eq!(fixture.advance(advance).await, Advanced::Done);
        harness.pass(BETWEEN * (1 - from as u32)).await;
    }
    harness.step_back(PastRotation::MAX_SKEW).await;
    let ages = |record: &Record| {
        let rotations = record.last_rotation.iter().chain(&record.earlier_rotations);
        rotations.map(|rotation| rotation.age).collect::<Vec<_>>()
    };
    let record = fixture.record(sid(1)).await;
    let young = BETWEEN - PastRotation::MAX_SKEW;
    assert_eq!(ages(&record), [Duration::ZERO, young], "clocks differ");
    harness.step_back(Duration::from_millis(1)).await;
    let old = young - Duration::from_millis(1);
    for record in [
        fixture.record(sid(1)).await,
        fixture.listed(1).await.remove(0).1,
    ] {
        assert_eq!(ages(&record), [Duration::MAX, old], "older than any grace");
    }

    let next = Advance {
        history: LONG,
        ..fixture.rotation(sid(1), 2, 2)
    };
    assert_eq!(fixture.advance(next).await, Advanced::Done);
    let record = fixture.record(sid(1)).await;
    assert_eq!(ages(&record), [Duration::ZERO], "without a gap");
    harness
        .pass(PastRotation::MAX_SKEW + Duration::from_millis(1))
        .await;
}

/// Between the two rotations; longer than the step.
const BETWEEN: Duration = Duration::from_secs(3);
