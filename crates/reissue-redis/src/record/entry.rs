//! A record as it is carried from one store to another.

use reissue::store::SubjectKey;
use reissue::store::transfer::{Rotation, SessionEntry};
use reissue::{Sid, Timestamp};

use super::fields::END_OF_TIME;
use super::packed_record::{EarlierRotation, PackedRecord};
use crate::millis::millis;

impl PackedRecord {
    /// Returns the entry of this record.
    pub(crate) fn into_entry(self, subject: SubjectKey, sid: Sid) -> SessionEntry {
        let rotation = |earlier: &EarlierRotation| Rotation {
            at: Timestamp::from_millis(earlier.at),
            skipped: earlier.skipped,
        };
        SessionEntry {
            subject,
            sid,
            generation: self.generation,
            revision: self.revision,
            conflicts: self.conflicts,
            shared_generations: self.shared_generations,
            created_at: Timestamp::from_millis(self.created_at),
            rotated_at: Timestamp::from_millis(self.rotated_at),
            attempt: self.attempt,
            skipped: self.skipped,
            earlier_rotations: self.earlier.iter().map(rotation).collect(),
            deadline: self.deadline().map(Timestamp::from_millis),
            expires_at: self.expires_at.map(Timestamp::from_millis),
            details: self.details,
        }
    }

    /// Returns the record of an entry.
    ///
    /// The creation is moved before everything that counts from it, which is later unless a clock
    /// has stepped back.
    pub(crate) fn of_entry(entry: &SessionEntry) -> Self {
        let rotation = |rotation: &Rotation| EarlierRotation {
            skipped: rotation.skipped,
            at: rotation.at.as_millis(),
        };
        let earlier = entry.earlier_rotations.iter().take(MOST_EARLIER);
        let earlier: Vec<EarlierRotation> = earlier.map(rotation).collect();
        let rotated_at = entry.rotated_at.as_millis();
        let created_at = earlier
            .iter()
            .map(|rotation| rotation.at)
            .chain([rotated_at])
            .fold(entry.created_at.as_millis(), u64::min);
        let expires_at = entry.expires_at.map(Timestamp::as_millis);
        Self {
            generation: entry.generation,
            attempt: entry.attempt,
            revision: entry.revision,
            conflicts: entry.conflicts,
            shared_generations: entry.shared_generations,
            created_at,
            rotated_at,
            skipped: entry.skipped,
            earlier,
            idle: entry.idle().map(millis).filter(|idle| *idle < END_OF_TIME),
            expires_at: expires_at
                .filter(|at| *at < END_OF_TIME)
                .map(|at| at.max(created_at)),
            details: entry.details.clone(),
        }
    }
}

/// What three bits count.
const MOST_EARLIER: usize = 7;
