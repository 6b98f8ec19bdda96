//! A retry within grace, the most common verdict.

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use reissue::judge::{Presented, Verdict, judge};
use reissue::store::Record;
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
                revision: 0,
                conflicts: 1,
                created_at: login,
                rotated_at: login + Duration::from_secs(600),
                since_rotation: Duration::from_secs(1),
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
            revision: 0,
        }
    }

    fn run(&self, presented: Presented) -> Verdict {
        judge(presented, black_box(&self.record), &self.policy)
    }
}
