//! Whether two records are the same, as far as the clock lets one tell.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::{PastRotation, Record, Sid};

/// How far two times may lie apart and still be the same.
#[derive(Clone, Copy)]
pub(super) struct Slack(pub(super) Duration);

impl Slack {
    pub(super) fn lists_agree(self, one: &[(Sid, Record)], other: &[(Sid, Record)]) -> bool {
        let agree = |(one, other): (&(Sid, Record), &(Sid, Record))| {
            one.0 == other.0 && self.records_agree(&one.1, &other.1)
        };
        one.len() == other.len() && one.iter().zip(other).all(agree)
    }

    pub(super) fn records_agree(self, one: &Record, other: &Record) -> bool {
        let rotations = |record: &Record| -> Vec<PastRotation> {
            let last = record.last_rotation.iter();
            last.chain(&record.earlier_rotations).copied().collect()
        };
        let (rotations_of_one, rotations_of_other) = (rotations(one), rotations(other));
        let rotations = rotations_of_one.iter().zip(&rotations_of_other);
        self.timestamps_agree(one.created_at, other.created_at)
            && self.timestamps_agree(one.rotated_at, other.rotated_at)
            && match (one.deadline, other.deadline) {
                (Some(one), Some(other)) => self.timestamps_agree(one, other),
                (one, other) => one == other,
            }
            && rotations_of_one.len() == rotations_of_other.len()
            && rotations
                .into_iter()
                .all(|(one, other)| one.from == other.from && one.age.abs_diff(other.age) <= self.0)
            && timeless(one) == timeless(other)
    }

    fn timestamps_agree(self, one: Timestamp, other: Timestamp) -> bool {
        one.since(other).max(other.since(one)) <= self.0
    }
}

/// The record without any time.
fn timeless(record: &Record) -> Record {
    Record {
        created_at: Timestamp::default(),
        rotated_at: Timestamp::default(),
        last_rotation: None,
        earlier_rotations: Vec::new(),
        deadline: None,
        ..record.clone()
    }
}
