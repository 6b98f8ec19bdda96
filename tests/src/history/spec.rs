//! The parameters of a check.

use std::time::Duration;

use super::configuration::Superseded;
use crate::model::{OnReuse, OnShared, Rotation, Rules, Wording};

/// What the sessions of a history live by, and how long to think about it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests set all of it")]
pub struct Spec {
    /// The grace period. Zero is always over, and [`Spec::FOREVER`] never.
    pub grace: Duration,
    /// How many generations a token may be ahead of the store.
    pub heal_limit: u64,
    /// How many states the search may visit for one response; a tenth of it, before it forgets when
    /// generations were superseded.
    pub limit: usize,
    /// How the grants of the history are written.
    pub wording: Wording,
}

impl Spec {
    /// As long as grace may be: no history takes so long.
    pub const FOREVER: Duration = Duration::from_secs(900);

    /// With the heal limit that servers have by default.
    #[must_use]
    pub const fn new(grace: Duration, wording: Wording) -> Self {
        Self {
            grace,
            heal_limit: 8,
            limit: 200_000,
            wording,
        }
    }

    /// The rules of the model. Its time says only what the checker has found out: [`YOUNG`] is
    /// within grace, [`OLD`] outside.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            grace: OLD,
            retry_cap: u32::MAX,
            heal_limit: self.heal_limit,
            rotation: Rotation::Rotate,
            on_reuse: OnReuse::Revoke,
            on_shared: OnShared::Report,
            idle: None,
            absolute: None,
            access: 1,
            limit: None,
            wording: self.wording,
        }
    }

    /// Whether verdicts depend on when a session was rotated.
    pub(super) fn depends_on_time(&self) -> bool {
        !self.grace.is_zero() && self.grace < Self::FOREVER
    }

    /// Whether a superseded token may be within its grace, or outside, for a look between two
    /// points in time.
    pub(super) fn ages(
        &self,
        superseded: Superseded,
        (from, until): (Duration, Duration),
    ) -> &'static [u64] {
        let (earliest, latest) = match superseded {
            Superseded::Forgotten => return &[OLD],
            _ if self.grace.is_zero() => return &[OLD],
            Superseded::Remembered(_) if !self.depends_on_time() => return &[YOUNG],
            Superseded::Unknown | Superseded::Remembered(None) => return &[YOUNG, OLD],
            Superseded::Remembered(Some(between)) => between,
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
