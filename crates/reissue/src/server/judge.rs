//! What a presented refresh token means, given what the store holds. Pure: no clock, no store, no
//! memory.

use std::cmp::Ordering;

use crate::policy::{OnSharedSession, Policy, Rotation};
use crate::store::{Record, Revision};

/// What a refresh token claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PresentedGeneration {
    /// Its generation.
    pub(super) generation: u64,
    /// The revision of the grant that is sealed in it.
    pub(super) revision: Revision,
}

/// What it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The grant has changed since the token was sealed: validate again with the record's.
    Changed,
    /// Superseded, and answered with the current generation however old it is.
    Converge,
    /// The current generation.
    Current,
    /// Superseded less than grace ago: answered with the current generation.
    Retry,
    /// Superseded at least grace ago, or longer ago than the store remembers: stolen, as far as
    /// anyone can tell.
    Reuse,
    /// Further ahead of the store than may be healed: the store was rolled back.
    RolledBack,
    /// Superseded less than grace ago, as in too many generations before: the policy ends such a
    /// session.
    Shared,
    /// The store has lost writes: advance it to where the token is.
    StoreBehind,
    /// Superseded less than grace ago, and presented too often: deny, but raise no alarm.
    Superseded,
}

/// Judges a presented token against the record of its family, as it is after the presentation was
/// counted.
///
/// Each generation has a grace of its own, from the moment it was superseded. No later rotation,
/// whoever made it, gives it more: otherwise whoever rotates faster than grace would keep the
/// stolen token's copies from ever being noticed.
pub(super) fn judge(presented: PresentedGeneration, record: &Record, policy: &Policy) -> Verdict {
    match presented.generation.cmp(&record.generation) {
        Ordering::Equal if presented.revision == record.revision => Verdict::Current,
        Ordering::Equal => Verdict::Changed,
        Ordering::Greater => {
            let ahead = presented.generation - record.generation;
            if ahead <= u64::from(policy.heal_limit()) {
                Verdict::StoreBehind
            } else {
                Verdict::RolledBack
            }
        }
        Ordering::Less if policy.rotation() == Rotation::Converge => Verdict::Converge,
        Ordering::Less => match record.superseded_for(presented.generation) {
            Some(age) if age < policy.grace() => within_grace(record, policy),
            Some(_) | None => Verdict::Reuse,
        },
    }
}

fn within_grace(record: &Record, policy: &Policy) -> Verdict {
    let is_shared = shared_generations(record) >= u32::from(policy.shared_session_threshold());
    if is_shared && policy.on_shared_session() == OnSharedSession::Revoke {
        Verdict::Shared
    } else if record.conflicts > policy.retry_cap() {
        Verdict::Superseded
    } else {
        Verdict::Retry
    }
}

/// Returns the number of generations in a row that were presented more than once, if it is time to
/// report it: when it reaches the threshold of the policy, and whenever it has doubled since.
///
/// The record is that of a token that was presented again; only the first such presentation of a
/// generation counts.
#[must_use]
pub(super) fn newly_shared(record: &Record, policy: &Policy) -> Option<u32> {
    // A count that has reached its end stays there, and would be reported for ever.
    if record.conflicts != 1 || record.shared_generations == u8::MAX {
        return None;
    }
    let generations = shared_generations(record);
    let threshold = u32::from(policy.shared_session_threshold());
    let is_due =
        generations.is_multiple_of(threshold) && (generations / threshold).is_power_of_two();
    is_due.then_some(generations)
}

/// Returns the number of generations in a row that were presented more than once: those that the
/// record has counted, and the last one, which has just been presented again.
#[must_use]
pub(super) fn shared_generations(record: &Record) -> u32 {
    u32::from(record.shared_generations) + 1
}

#[cfg(test)]
mod tests;
