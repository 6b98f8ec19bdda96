//! What the model is to be asked for.

use std::time::Duration;

use crate::model::{OnReuse, Rotation, Rules};

/// What the sessions of a history live by, and how long to think about it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests set all of it")]
pub struct Spec {
    /// How long after a rotation the predecessor is answered. Zero is always over, and [`Spec::FOREVER`] never.
    pub grace: Duration,
    /// How many generations a token may be ahead of the store.
    pub heal_limit: u64,
    /// How many states the search may look at for one answer.
    pub limit: usize,
}

impl Spec {
    /// As long as grace may be: no history takes so long.
    pub const FOREVER: Duration = Duration::from_secs(900);

    /// With the heal limit that servers have by default.
    #[must_use]
    pub const fn new(grace: Duration) -> Self {
        Self {
            grace,
            heal_limit: 8,
            limit: 200_000,
        }
    }

    /// The rules of the model. Its time says only what the checker has found out: [`YOUNG`] is within grace, [`OLD`] outside.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            grace: OLD,
            retry_cap: u32::MAX,
            heal_limit: self.heal_limit,
            rotation: Rotation::Rotate,
            on_reuse: OnReuse::Revoke,
            idle: None,
            absolute: None,
            access: 1,
            limit: None,
        }
    }

    /// Whether verdicts depend on when a session was rotated.
    pub(super) fn depends_on_time(&self) -> bool {
        !self.grace.is_zero() && self.grace < Self::FOREVER
    }

    /// What the age of a rotation may be that happened between two points in time, for a look between two others.
    pub(super) fn ages(
        &self,
        rotated: Option<(Duration, Duration)>,
        (from, until): (Duration, Duration),
    ) -> &'static [u64] {
        if !self.depends_on_time() {
            return if self.grace.is_zero() {
                &[OLD]
            } else {
                &[YOUNG]
            };
        }
        let Some((earliest, latest)) = rotated else {
            return &[YOUNG, OLD];
        };
        // The clock of the store counts milliseconds, and is not the one that was looked at here.
        let least = from.saturating_sub(latest).saturating_sub(SLACK);
        let most = until.saturating_sub(earliest) + SLACK;
        if most < self.grace {
            &[YOUNG]
        } else if least >= self.grace {
            &[OLD]
        } else {
            &[YOUNG, OLD]
        }
    }
}

pub(super) const YOUNG: u64 = 0;
pub(super) const OLD: u64 = 1;

const SLACK: Duration = Duration::from_millis(10);
