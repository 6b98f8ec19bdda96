use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;

use super::{PresentedGeneration, Verdict, judge, newly_shared};
use crate::clock::Timestamp;
use crate::policy::{OnSharedSession, Policy, Rotation};
use crate::store::{PastRotation, Record, Revision};

const GRACE: Duration = Duration::from_secs(60);

/// A record of that generation, with rotations of these ages, newest first, each of one generation.
fn record(generation: u64, ages: &[Duration]) -> Record {
    let from = (0..generation).rev();
    let mut rotations: Vec<_> = from
        .zip(ages)
        .map(|(from, age)| PastRotation { from, age: *age })
        .collect();
    Record {
        generation,
        revision: revision(1),
        conflicts: 1,
        shared_generations: 0,
        created_at: Timestamp::from_secs(0),
        rotated_at: Timestamp::from_secs(0),
        last_rotation: (!rotations.is_empty()).then(|| rotations.remove(0)),
        earlier_rotations: rotations,
        deadline: None,
        details: Bytes::new(),
    }
}

fn revision(number: u8) -> Revision {
    Revision::from_bytes([number; 16])
}

fn presented(generation: u64) -> PresentedGeneration {
    PresentedGeneration {
        generation,
        revision: revision(1),
    }
}

fn verdict(generation: u64, record: &Record) -> Verdict {
    judge(presented(generation), record, &Policy::default())
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const ALMOST: Duration = Duration::from_millis(59_999);

#[test]
fn the_current_generation_is_current() {
    assert_eq!(verdict(5, &record(5, &[secs(0)])), Verdict::Current);
    assert_eq!(verdict(5, &record(5, &[GRACE * 1_000])), Verdict::Current);
}

#[test]
fn another_revision_of_the_current_generation_has_changed() {
    let mut record = record(5, &[secs(0)]);
    for number in [0, 2] {
        record.revision = revision(number);
        assert_eq!(verdict(5, &record), Verdict::Changed);
    }
}

#[test]
fn the_previous_generation_within_grace_is_a_retry() {
    assert_eq!(verdict(4, &record(5, &[secs(0)])), Verdict::Retry);
    assert_eq!(verdict(4, &record(5, &[ALMOST])), Verdict::Retry);
}

#[test]
fn the_previous_generation_over_the_cap_is_superseded() {
    let mut record = record(5, &[secs(0), secs(0)]);
    record.conflicts = 100;
    assert_eq!(verdict(4, &record), Verdict::Retry);
    record.conflicts = 101;
    assert_eq!(verdict(4, &record), Verdict::Superseded);
    assert_eq!(verdict(3, &record), Verdict::Superseded);
}

#[test]
fn the_previous_generation_after_grace_is_reuse() {
    assert_eq!(verdict(4, &record(5, &[GRACE])), Verdict::Reuse);
    assert_eq!(verdict(4, &record(5, &[Duration::MAX])), Verdict::Reuse);
}

#[test]
fn an_older_generation_within_its_own_grace_is_a_retry() {
    let record = record(5, &[secs(5), secs(30), ALMOST]);
    assert_eq!(verdict(3, &record), Verdict::Retry);
    assert_eq!(verdict(2, &record), Verdict::Retry);
}

#[test]
fn later_rotations_give_an_older_generation_no_more_grace() {
    let record = record(5, &[secs(0), secs(48), secs(96)]);
    assert_eq!(verdict(4, &record), Verdict::Retry);
    assert_eq!(verdict(3, &record), Verdict::Retry);
    assert_eq!(verdict(2, &record), Verdict::Reuse);
}

#[test]
fn a_generation_that_the_record_does_not_remember_is_reuse() {
    let record = record(9, &[secs(1), secs(2), secs(3)]);
    assert_eq!(verdict(6, &record), Verdict::Retry);
    assert_eq!(verdict(5, &record), Verdict::Reuse);
    assert_eq!(verdict(0, &record), Verdict::Reuse);
}

#[test]
fn what_a_rotation_skipped_was_superseded_with_it() {
    let mut record = record(9, &[secs(1)]);
    let (from, age) = (4, secs(1));
    record.last_rotation = Some(PastRotation { from, age });
    let (from, age) = (2, GRACE);
    record.earlier_rotations = vec![PastRotation { from, age }];
    for generation in 4..9 {
        assert_eq!(verdict(generation, &record), Verdict::Retry);
    }
    for generation in 0..4 {
        assert_eq!(verdict(generation, &record), Verdict::Reuse);
    }
}

#[test]
fn a_generation_ahead_within_the_heal_limit_shows_that_the_store_is_behind() {
    assert_eq!(verdict(6, &record(5, &[GRACE])), Verdict::StoreBehind);
    assert_eq!(verdict(13, &record(5, &[GRACE])), Verdict::StoreBehind);
}

#[test]
fn a_generation_far_ahead_shows_that_the_store_was_rolled_back() {
    assert_eq!(verdict(14, &record(5, &[GRACE])), Verdict::RolledBack);
    assert_eq!(verdict(u64::MAX, &record(0, &[])), Verdict::RolledBack);
}

#[test]
fn without_grace_every_superseded_generation_is_reuse() {
    let policy = Policy::builder()
        .with_grace(Duration::ZERO)
        .build()
        .unwrap();
    let record = record(5, &[secs(0), secs(0)]);
    for generation in 0..5 {
        assert_eq!(
            judge(presented(generation), &record, &policy),
            Verdict::Reuse
        );
    }
}

#[test]
fn under_converge_every_older_generation_converges() {
    let policy = Policy::builder()
        .with_rotation(Rotation::Converge)
        .build()
        .unwrap();
    for generation in 0..5 {
        let verdict = judge(presented(generation), &record(5, &[GRACE * 99]), &policy);
        assert_eq!(verdict, Verdict::Converge);
    }
}

#[test]
fn generations_that_are_presented_again_are_reported_at_the_threshold_and_when_doubled() {
    let mut record = record(300, &[secs(0)]);
    let reported: Vec<u32> = (0..=u8::MAX)
        .filter_map(|shared_generations| {
            record.shared_generations = shared_generations;
            newly_shared(&record, &Policy::default())
        })
        .collect();
    assert_eq!(reported, [3, 6, 12, 24, 48, 96, 192]);
    record.shared_generations = 2;
    record.conflicts = 2;
    assert_eq!(
        newly_shared(&record, &Policy::default()),
        None,
        "reported before"
    );
}

#[test]
fn a_threshold_of_the_policy_decides_what_is_reported() {
    let mut record = record(300, &[secs(0)]);
    let policy = Policy::builder()
        .with_shared_session_threshold(1)
        .build()
        .unwrap();
    assert_eq!(newly_shared(&record, &policy), Some(1));
    record.shared_generations = u8::MAX;
    assert_eq!(
        newly_shared(&record, &policy),
        None,
        "and not for ever after"
    );
    assert!(
        Policy::builder()
            .with_shared_session_threshold(0)
            .build()
            .is_err()
    );
}

#[test]
fn a_shared_session_ends_if_the_policy_revokes_it() {
    let policy = Policy::builder()
        .with_on_shared_session(OnSharedSession::Revoke)
        .build()
        .unwrap();
    let mut record = record(5, &[secs(0)]);
    for (shared_generations, verdict) in [
        (1, Verdict::Retry),
        (2, Verdict::Shared),
        (3, Verdict::Shared),
        (u8::MAX, Verdict::Shared),
    ] {
        record.shared_generations = shared_generations;
        assert_eq!(judge(presented(4), &record, &policy), verdict);
        assert_eq!(judge(presented(5), &record, &policy), Verdict::Current);
    }
}

proptest! {
    /// The table of the design, row by row, as an independent statement of the same rules.
    #[test]
    fn equals_the_table(
        p in 0_u64..30,
        c in 0_u64..30,
        revision_of_token in 0_u8..3,
        ages in prop::collection::vec(0_u64..120_000, 0..8),
        conflicts in 0_u32..200,
        shared in 0_u8..5,
        cap in 0_u32..200,
        heal in 0_u8..10,
        revokes in any::<bool>(),
    ) {
        let on_shared = if revokes { OnSharedSession::Revoke } else { OnSharedSession::Report };
        let policy = Policy::builder()
            .with_retry_cap(cap)
            .with_heal_limit(heal)
            .with_on_shared_session(on_shared).build().unwrap();
        let durations: Vec<_> = ages.iter().copied().map(Duration::from_millis).collect();
        let mut record = record(c, &durations);
        record.conflicts = conflicts;
        record.shared_generations = shared;
        // The rotation that superseded p is as many before the last as p is behind c.
        let age = c.checked_sub(p + 1).and_then(|behind| ages.get(behind as usize));
        let within = age.is_some_and(|age| *age < 60_000);
        let expected = [
            (p == c && revision_of_token != 1, Verdict::Changed),
            (p == c, Verdict::Current),
            (p < c && within && revokes && shared >= 2, Verdict::Shared),
            (p < c && within && conflicts <= cap, Verdict::Retry),
            (p < c && within, Verdict::Superseded),
            (p < c, Verdict::Reuse),
            (p - c.min(p) <= u64::from(heal), Verdict::StoreBehind),
            (true, Verdict::RolledBack),
        ];
        let expected = expected.iter().find(|(applies, _)| *applies).unwrap().1;
        let presented = PresentedGeneration { generation: p, revision: revision(revision_of_token) };
        prop_assert_eq!(judge(presented, &record, &policy), expected);
    }
}
