use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;

use super::{Presented, Verdict, judge};
use crate::clock::Timestamp;
use crate::policy::{Policy, Rotation};
use crate::store::Record;

const GRACE: Duration = Duration::from_secs(60);

fn record(generation: u64, since_rotation: Duration) -> Record {
    Record {
        generation,
        revision: 1,
        conflicts: 1,
        created_at: Timestamp::from_secs(0),
        rotated_at: Timestamp::from_secs(0),
        since_rotation,
        deadline: None,
        details: Bytes::new(),
    }
}

fn verdict(presented: u64, record: &Record) -> Verdict {
    let presented = Presented {
        generation: presented,
        revision: 1,
    };
    judge(presented, record, &Policy::default())
}

#[test]
fn the_current_generation_is_current() {
    assert_eq!(verdict(5, &record(5, Duration::ZERO)), Verdict::Current);
    assert_eq!(verdict(5, &record(5, GRACE * 1_000)), Verdict::Current);
}

#[test]
fn another_revision_of_the_current_generation_has_changed() {
    let mut record = record(5, Duration::ZERO);
    for revision in [0, 2] {
        record.revision = revision;
        assert_eq!(verdict(5, &record), Verdict::Changed);
    }
}

#[test]
fn the_predecessor_within_grace_is_a_retry() {
    let almost = GRACE - Duration::from_millis(1);
    assert_eq!(verdict(4, &record(5, Duration::ZERO)), Verdict::Retry);
    assert_eq!(verdict(4, &record(5, almost)), Verdict::Retry);
}

#[test]
fn the_predecessor_over_the_cap_is_late() {
    let mut record = record(5, Duration::ZERO);
    record.conflicts = 100;
    assert_eq!(verdict(4, &record), Verdict::Retry);
    record.conflicts = 101;
    assert_eq!(verdict(4, &record), Verdict::Late);
}

#[test]
fn the_predecessor_after_grace_is_reuse() {
    assert_eq!(verdict(4, &record(5, GRACE)), Verdict::Reuse);
}

#[test]
fn an_older_generation_within_grace_is_late() {
    assert_eq!(verdict(3, &record(5, Duration::ZERO)), Verdict::Late);
    assert_eq!(verdict(0, &record(5, Duration::ZERO)), Verdict::Late);
}

#[test]
fn an_older_generation_after_grace_is_reuse() {
    assert_eq!(verdict(3, &record(5, GRACE)), Verdict::Reuse);
}

#[test]
fn a_generation_ahead_within_the_heal_limit_is_ahead() {
    assert_eq!(verdict(6, &record(5, GRACE)), Verdict::Ahead);
    assert_eq!(verdict(13, &record(5, GRACE)), Verdict::Ahead);
}

#[test]
fn a_generation_far_ahead_is_refused() {
    assert_eq!(verdict(14, &record(5, GRACE)), Verdict::Refused);
    assert_eq!(verdict(u64::MAX, &record(0, GRACE)), Verdict::Refused);
}

#[test]
fn without_grace_every_predecessor_is_reuse() {
    let policy = Policy::default().with_grace(Duration::ZERO).unwrap();
    let presented = Presented {
        generation: 4,
        revision: 1,
    };
    assert_eq!(
        judge(presented, &record(5, Duration::ZERO), &policy),
        Verdict::Reuse
    );
}

#[test]
fn under_converge_every_older_generation_converges() {
    let policy = Policy::default().with_rotation(Rotation::Converge);
    for generation in 0..5 {
        let presented = Presented {
            generation,
            revision: 1,
        };
        assert_eq!(
            judge(presented, &record(5, GRACE * 99), &policy),
            Verdict::Converge
        );
    }
}

proptest! {
    /// The table of the design, row by row, as an independent statement of the same rules.
    #[test]
    fn equals_the_table(
        p in 0_u64..30,
        c in 0_u64..30,
        revision in 0_u64..3,
        millis in 0_u64..120_000,
        conflicts in 0_u32..200,
        cap in 0_u32..200,
        heal in 0_u32..10,
    ) {
        let policy = Policy::default().with_retry_cap(cap).with_heal_limit(heal);
        let mut record = record(c, Duration::from_millis(millis));
        record.conflicts = conflicts;
        let within = millis < 60_000;
        let expected = [
            (p == c && revision != 1, Verdict::Changed),
            (p == c, Verdict::Current),
            (p + 1 == c && within && conflicts <= cap, Verdict::Retry),
            (p + 1 == c && within, Verdict::Late),
            (p + 1 == c, Verdict::Reuse),
            (p < c && within, Verdict::Late),
            (p < c, Verdict::Reuse),
            (p - c.min(p) <= u64::from(heal), Verdict::Ahead),
            (true, Verdict::Refused),
        ];
        let expected = expected.iter().find(|(applies, _)| *applies).unwrap().1;
        let presented = Presented { generation: p, revision };
        prop_assert_eq!(judge(presented, &record, &policy), expected);
    }
}
