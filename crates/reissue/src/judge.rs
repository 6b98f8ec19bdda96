//! What a presented refresh token means, given what the store holds. Pure: no clock, no store, no memory.

use std::cmp::Ordering;

use crate::policy::{Policy, Rotation};
use crate::store::Record;

/// What a refresh token says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Presented {
    /// Its generation.
    pub generation: u64,
    /// The revision of the grant that is sealed in it.
    pub revision: u64,
}

/// What it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Verdict {
    /// The store has lost writes: advance it to where the token is.
    Ahead,
    /// The grant has changed since the token was sealed: validate again with the record's.
    Changed,
    /// Superseded, and to be answered with the current generation all the same.
    Converge,
    /// The current one.
    Current,
    /// Superseded: refuse, but raise no alarm.
    Late,
    /// Further ahead than any failover explains: refuse.
    Refused,
    /// The immediate predecessor, within grace: answer with the current generation.
    Retry,
    /// Superseded, outside grace: stolen, as far as anyone can tell.
    Reuse,
}

/// Judges a presented token against the record of its family, as it is after the presentation was counted.
#[must_use]
pub fn judge(presented: Presented, record: &Record, policy: &Policy) -> Verdict {
    match presented.generation.cmp(&record.generation) {
        Ordering::Equal if presented.revision == record.revision => Verdict::Current,
        Ordering::Equal => Verdict::Changed,
        Ordering::Greater => {
            let ahead = presented.generation - record.generation;
            if ahead <= u64::from(policy.heal_limit()) {
                Verdict::Ahead
            } else {
                Verdict::Refused
            }
        }
        Ordering::Less if policy.rotation() == Rotation::Converge => Verdict::Converge,
        Ordering::Less => {
            let within_grace = record.since_rotation < policy.grace();
            let predecessor = presented.generation + 1 == record.generation;
            match (within_grace, predecessor) {
                (true, true) if record.conflicts <= policy.retry_cap() => Verdict::Retry,
                (true, _) => Verdict::Late,
                (false, _) => Verdict::Reuse,
            }
        }
    }
}

#[cfg(test)]
mod tests;
