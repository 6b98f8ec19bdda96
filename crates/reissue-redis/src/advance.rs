use reissue::store::Advance;

use crate::millis::millis;
use crate::record::{self, END_OF_TIME};
use crate::tag::Tag;

/// The arguments of both scripts of an advance.
pub(crate) struct AdvanceArguments {
    /// The tag; then, in 6 bytes each, the milliseconds for which a rotation is remembered, and
    /// those by which the last rotation may move without moving the expiry of the key.
    first: Vec<u8>,
    expected: Vec<u8>,
    next: Vec<u8>,
    format: String,
    skipped: [u8; 1],
}

impl AdvanceArguments {
    pub(crate) fn of(advance: &Advance, tag: Tag) -> Self {
        let idle = advance.idle.map(millis).filter(|idle| *idle < END_OF_TIME);
        // The creation is no rotation that could be remembered.
        let history = match advance.from {
            0 => 0,
            _ => millis(advance.history).min(END_OF_TIME - 1),
        };
        let step = idle.map_or(MAX_STEP, |idle| (idle / STEPS).min(MAX_STEP));
        let mut first = tag.as_bytes().to_vec();
        first.extend(&history.to_be_bytes()[2..]);
        first.extend(&step.to_be_bytes()[2..]);
        let expected = record::beginning(advance.from, &advance.revision, idle);
        Self {
            first,
            format: format(&expected),
            expected,
            next: record::beginning(advance.to, &advance.revision, idle),
            skipped: [skipped(advance.from, advance.to)],
        }
    }

    /// Returns the arguments: those of the short script, if that can write what is to be written,
    /// or those of the full one.
    ///
    /// At most five, because a server reads only ten words of a client that has not authenticated:
    /// to a longer command it responds with another error than NOAUTH.
    pub(crate) fn as_bytes(&self) -> Vec<&[u8]> {
        let common: [&[u8]; 4] = [
            &self.first,
            &self.expected,
            &self.next,
            self.format.as_bytes(),
        ];
        let mut arguments = common.to_vec();
        if !self.may_be_short() {
            arguments.push(&self.skipped);
        }
        arguments
    }

    /// Returns whether the short script can advance like this.
    pub(crate) fn may_be_short(&self) -> bool {
        self.skipped == [0]
    }
}

/// Returns the format in which Lua's `struct` reads a record that begins like this: the beginning,
/// the attempt, the last rotation, the creation, the absolute expiry.
fn format(beginning: &[u8]) -> String {
    format!(">c{}c8I5I6I5", beginning.len())
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
