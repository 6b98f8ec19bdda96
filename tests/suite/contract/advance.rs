//! What an advance does to a family, and what its record says then.

use reissue::store::{Advance, Advanced, Attempt, PastRotation, Record};
use reissue::{Clock, SystemClock, Timestamp};

use super::defect::Defect;
use super::state::{Family, State, nearer};

impl State {
    pub(crate) fn advance(&mut self, advance: &Advance, now: Timestamp) -> Advanced {
        match self.advanced(advance, now) {
            Some((family, advanced)) => {
                self.families.insert((advance.subject, advance.sid), family);
                advanced
            }
            None => Advanced::Missing,
        }
    }

    /// What an advance makes of the family, and what it returns.
    pub(crate) fn advanced(&self, advance: &Advance, now: Timestamp) -> Option<(Family, Advanced)> {
        let family = self.families.get(&(advance.subject, advance.sid))?;
        if !self.is_live(family, now) && !self.has(Defect::AdvancesTheExpired) {
            return None;
        }
        if self.is_done(family, advance) {
            return Some((family.clone(), Advanced::Done));
        }
        Some(self.advanced_by_a_new_attempt(family.clone(), advance, now))
    }

    pub(crate) fn is_done(&self, family: &Family, advance: &Advance) -> bool {
        let attempt = &advance.attempt;
        match self.defect {
            Some(Defect::AdvanceForgetsTheAttempt) => false,
            Some(Defect::AdvanceRemembersEveryAttempt) => family.attempts.contains(attempt),
            Some(Defect::AdvanceComparesAttemptsInPart) => {
                let part = |attempt: &Attempt| attempt.as_bytes()[..7].to_vec();
                family.attempts.first().map(part) == Some(part(attempt))
            }
            Some(Defect::AdvanceComparesTheRevisionFirst) => {
                family.attempts.first() == Some(attempt) && family.revision == advance.revision
            }
            _ => family.attempts.first() == Some(attempt),
        }
    }

    pub(crate) fn advanced_by_a_new_attempt(
        &self,
        mut family: Family,
        advance: &Advance,
        now: Timestamp,
    ) -> (Family, Advanced) {
        let is_of_generation =
            family.generation == advance.from || self.has(Defect::IgnoresTheGeneration);
        let is_of_revision =
            family.revision == advance.revision || self.has(Defect::IgnoresTheRevision);
        if !is_of_generation || !is_of_revision {
            let is_ahead = family.generation < advance.from;
            if family.generation > advance.from || is_ahead && self.has(Defect::CountsTokensAhead) {
                family.conflicts = family.conflicts.saturating_add(1);
            }
            if self.has(Defect::ConflictsExtendTheDeadline) {
                family.deadline = advance.idle.map(|idle| now + idle);
            }
            if self.has(Defect::AdvanceRemembersFailedAttempts) {
                family.attempts.insert(0, advance.attempt);
            }
            let record = self.record(&family, now);
            return (family, Advanced::Conflict(record));
        }
        self.rotate(&mut family, advance, now);
        (family, Advanced::Done)
    }

    fn rotate(&self, family: &mut Family, advance: &Advance, now: Timestamp) {
        let is_remembered = |(_, at): &(u64, Timestamp)| match self.defect {
            Some(Defect::KeepsOldRotations) => true,
            Some(Defect::DropsTheHistory) => false,
            Some(Defect::KeepsRotationsOfTheAge) => {
                PastRotation::age_at(now, *at) <= advance.history
            }
            _ => PastRotation::age_at(now, *at) < advance.history,
        };
        let most = match self.has(Defect::KeepsTooManyRotations) {
            true => PastRotation::MAX_EARLIER + 1,
            false => PastRotation::MAX_EARLIER,
        };
        let before = family.rotations.iter().copied();
        let earlier: Vec<_> = match self.has(Defect::HistoryHasGaps) {
            true => before.filter(is_remembered).take(most).collect(),
            false => before.take_while(is_remembered).take(most).collect(),
        };
        let from = match self.has(Defect::LosesSkips) {
            true => advance.to - 1,
            false => advance.from,
        };
        family.rotations = [(from, now)].into_iter().chain(earlier).collect();

        family.shared_generations = match family.conflicts {
            0 if self.has(Defect::NeverResetsSharedGenerations) => family.shared_generations,
            0 => 0,
            _ if self.has(Defect::SharedGenerationsWrap) => {
                family.shared_generations.wrapping_add(1)
            }
            _ => family.shared_generations.saturating_add(1),
        };
        if !self.has(Defect::KeepsConflicts) {
            family.conflicts = 0;
        }
        family.generation = advance.to;
        family.attempts.insert(0, advance.attempt);
        family.rotated_at = now;
        family.idle = advance.idle;
        let since = match self.has(Defect::IdleTimeFromTheCreation) {
            true => family.created_at,
            false => now,
        };
        let idle_deadline = advance.idle.map(|idle| since + idle);
        family.deadline = match idle_deadline {
            Some(deadline) if self.has(Defect::IdleTimePastTheExpiry) => Some(deadline),
            _ => nearer(idle_deadline, family.expires_at),
        };
    }

    pub(crate) fn record(&self, family: &Family, now: Timestamp) -> Record {
        let now = match self.has(Defect::AgesByAnotherClock) {
            true => SystemClock.now(),
            false => now,
        };
        let last = family.rotations.first();
        let rotations = family.rotations.iter().map(|(from, at)| {
            let at = match last {
                Some((_, last)) if self.has(Defect::OneAgeForAllRotations) => *last,
                _ => *at,
            };
            let age = match self.has(Defect::FutureRotationsAreYoung) {
                true => now.since(at),
                false => PastRotation::age_at(now, at),
            };
            PastRotation { from: *from, age }
        });
        let mut rotations = rotations.collect::<Vec<_>>().into_iter();
        Record {
            generation: family.generation,
            revision: family.revision,
            conflicts: family.conflicts,
            shared_generations: family.shared_generations,
            created_at: family.created_at,
            rotated_at: family.rotated_at,
            last_rotation: rotations.next(),
            earlier_rotations: rotations.collect(),
            deadline: family.deadline,
            details: family.details.clone(),
        }
    }
}
