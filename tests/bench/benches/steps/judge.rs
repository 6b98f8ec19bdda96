//! A retry within grace, the most common verdict.

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use reissue::judge::{Presented, Verdict, judge};
use reissue::store::{PastRotation, Record, Revision};
use reissue::{Policy, Timestamp};

use super::Step;

pub(crate) struct Judge {
    policy: Policy,
    record: Record,
}

impl Default for Judge {
    fn default() -> Self {
        let login = Timestamp::from_secs(1_800_000_000);
        Self {
            policy: Policy::default(),
            record: Record {
                generation: 8,
                revision: Revision::ORIGINAL,
                conflicts: 1,
                shared_generations: 0,
                created_at: login,
                rotated_at: login + Duration::from_secs(600),
                last_rotation: Some(PastRotation {
                    from: 7,
                    age: Duration::from_secs(1),
                }),
                earlier_rotations: Vec::new(),
                deadline: None,
                details: Bytes::new(),
            },
        }
    }
}

impl Step for Judge {
    type Input = Presented;
    type Output = Verdict;

    fn input(&self) -> Presented {
        Presented {
            generation: 7,
            revision: Revision::ORIGINAL,
        }
    }

    fn run(&self, presented: Presented) -> Verdict {
        judge(presented, black_box(&self.record), &self.policy)
    }
}
