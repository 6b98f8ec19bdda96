use reissue::store::Advance;

use crate::millis::millis;
use crate::record::{self, END_OF_TIME};

/// The arguments that both scripts of an advance take after the tag.
///
/// A server reads at most ten arguments of a client that has not authenticated; to a command with
/// more it responds with another error than NOAUTH. With the five before them, these are ten.
pub(crate) struct AdvanceArguments {
    expected: Vec<u8>,
    next: Vec<u8>,
    history: String,
    step: String,
    skipped: [u8; 1],
}

impl AdvanceArguments {
    pub(crate) fn of(advance: &Advance) -> Self {
        let idle = advance.idle.map(millis).filter(|idle| *idle < END_OF_TIME);
        // The creation is no rotation that could be remembered.
        let history = match advance.from {
            0 => 0,
            _ => millis(advance.history).min(END_OF_TIME),
        };
        Self {
            expected: record::beginning(advance.from, &advance.revision, idle),
            next: record::beginning(advance.to, &advance.revision, idle),
            history: history.to_string(),
            step: idle
                .map_or(MAX_STEP, |idle| (idle / STEPS).min(MAX_STEP))
                .to_string(),
            skipped: [skipped(advance.from, advance.to)],
        }
    }

    pub(crate) fn as_bytes(&self) -> [&[u8]; 5] {
        [
            &self.expected,
            &self.next,
            self.history.as_bytes(),
            self.step.as_bytes(),
            &self.skipped,
        ]
    }

    /// Returns whether the short script may advance like this: it cannot write that generations
    /// were skipped.
    pub(crate) fn may_be_short(&self) -> bool {
        self.skipped == [0]
    }
}

/// Returns how many generations an advance skips.
fn skipped(from: u64, to: u64) -> u8 {
    let skipped = to.saturating_sub(from).saturating_sub(1);
    u8::try_from(skipped).unwrap_or(u8::MAX)
}

/// The key of a subject expires later than its sessions by this part of the idle time. As long as
/// the last rotation moves by less than that, the expiry of the key need not move.
const STEPS: u64 = 16;

/// The longest time in milliseconds for which a session takes the short script only, and no expired
/// sessions are removed: a sixteenth of 30 days.
const MAX_STEP: u64 = 30 * 86_400_000 / STEPS;
