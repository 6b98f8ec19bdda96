use bytes::Bytes;
use reissue::Timestamp;
use reissue::store::{Attempt, PastRotation, Record, Revision};

/// The content of a record's bytes. Times are in milliseconds since the epoch, by the server's
/// clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackedRecord {
    pub(crate) generation: u64,
    pub(crate) attempt: Option<Attempt>,
    pub(crate) revision: Revision,
    pub(crate) conflicts: u32,
    pub(crate) shared_generations: u8,
    pub(crate) created_at: u64,
    pub(crate) rotated_at: u64,
    /// The number of generations that the last rotation skipped.
    pub(crate) skipped: u8,
    /// The rotations before the last one, newest first.
    pub(crate) earlier: Vec<EarlierRotation>,
    pub(crate) idle: Option<u64>,
    pub(crate) expires_at: Option<u64>,
    pub(crate) details: Bytes,
}

/// A rotation before the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EarlierRotation {
    /// The number of generations that it skipped.
    pub(crate) skipped: u8,
    pub(crate) at: u64,
}

impl PackedRecord {
    /// Returns when the family expires; `None` if never.
    pub(crate) fn deadline(&self) -> Option<u64> {
        let idle = self.idle.map(|idle| self.rotated_at.saturating_add(idle));
        idle.into_iter().chain(self.expires_at).min()
    }

    /// Returns whether the family has not expired at `now`.
    pub(crate) fn is_live(&self, now: u64) -> bool {
        self.deadline().is_none_or(|deadline| now < deadline)
    }

    /// Returns the record as it is at `now`.
    pub(crate) fn into_record(self, now: u64) -> Record {
        let now = Timestamp::from_millis(now);
        let mut to = self.generation;
        let mut rotation = |skipped: u8, at| {
            to = to.saturating_sub(u64::from(skipped) + 1);
            PastRotation {
                from: to,
                age: PastRotation::age_at(now, Timestamp::from_millis(at)),
            }
        };
        let last_rotation = (self.generation > 0).then(|| rotation(self.skipped, self.rotated_at));
        let earlier = self.earlier.iter();
        Record {
            generation: self.generation,
            revision: self.revision,
            conflicts: self.conflicts,
            shared_generations: self.shared_generations,
            created_at: Timestamp::from_millis(self.created_at),
            rotated_at: Timestamp::from_millis(self.rotated_at),
            last_rotation,
            earlier_rotations: earlier.map(|it| rotation(it.skipped, it.at)).collect(),
            deadline: self.deadline().map(Timestamp::from_millis),
            details: self.details,
        }
    }
}
