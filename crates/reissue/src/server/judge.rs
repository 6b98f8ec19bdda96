//! The decision about a presented refresh token, given the record in the store. A pure function: no
//! clock, no store, no state.

use std::cmp::Ordering;

use crate::policy::{OnSharedSession, Policy, Rotation};
use crate::store::{Record, Revision};

/// The generation and revision of a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PresentedGeneration {
    /// Its generation.
    pub(super) generation: u64,
    /// The revision of the grant inside it.
    pub(super) revision: Revision,
}

/// The decision about a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The grant has changed since the token was issued: validate again with the record's.
    Changed,
    /// Superseded, and the policy returns the current generation however old the token is.
    Converge,
    /// The current generation.
    Current,
    /// Superseded within its grace period: return the current generation.
    Retry,
    /// Superseded, and its grace period is over, or the store does not remember it any more:
    /// probably stolen.
    Reuse,
    /// Further ahead of the store than the heal limit: the store was rolled back.
    RolledBack,
    /// Superseded within its grace period, as in too many generations before: the policy ends such
    /// a session.
    Shared,
    /// The store has lost writes: advance it to where the token is.
    StoreBehind,
    /// Superseded within its grace period, and presented too often: deny, but raise no alarm.
    Superseded,
}

/// Decides on a presented token by the record of its family, after the presentation was counted.
///
/// Each generation has a grace period of its own, which begins when it is superseded. No later
/// rotation extends it: otherwise a thief who refreshes faster than the grace period would never be
/// detected.
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
    // A saturated count no longer changes, and would be reported again and again.
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
