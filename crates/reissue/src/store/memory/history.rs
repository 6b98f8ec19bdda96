//! The recent rotations before the last one.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::PastRotation;
use crate::store::transfer::Rotation;

/// The recent rotations before the last one. Takes one pointer while it is empty, which is usual.
#[derive(Default)]
pub(super) struct History(Option<Box<Entries>>);

/// A rotation: when it happened, and how many generations it skipped.
#[derive(Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) skipped: u8,
}

/// Newest first.
#[derive(Default)]
struct Entries {
    entries: [Entry; PastRotation::MAX_EARLIER],
    count: usize,
}

impl Entry {
    pub(super) fn new(at: Timestamp, from: u64, to: u64) -> Self {
        let skipped = to.saturating_sub(from).saturating_sub(1);
        Self {
            at,
            skipped: u8::try_from(skipped).unwrap_or(u8::MAX),
        }
    }

    /// Returns the rotation with its age at `now`, given the generation that it led to.
    pub(super) fn rotation(self, to: u64, now: Timestamp) -> PastRotation {
        PastRotation {
            from: to.saturating_sub(u64::from(self.skipped) + 1),
            age: PastRotation::age_at(now, self.at),
        }
    }
}

impl History {
    /// Adds a rotation if it is younger than `longest`, and removes those that are older.
    pub(super) fn push(&mut self, entry: Entry, longest: Duration, now: Timestamp) {
        // The same rule as `PastRotation::age_at`, in milliseconds, because every refresh runs
        // this.
        let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        let latest = (now + PastRotation::MAX_SKEW).as_millis();
        let is_young = |entry: &Entry| {
            let at = entry.at.as_millis();
            at <= latest && now.as_millis().saturating_sub(at) < longest
        };
        if !is_young(&entry) {
            // All rotations before a removed one are removed too, so that there are no gaps.
            self.0 = None;
            return;
        }
        let Entries { entries, count } = &mut **self.0.get_or_insert_default();
        entries.copy_within(..PastRotation::MAX_EARLIER - 1, 1);
        entries[0] = entry;
        *count = (*count + 1).min(entries.len());
        *count = entries[..*count]
            .iter()
            .take_while(|entry| is_young(entry))
            .count();
    }

    /// Returns the history with these rotations, newest first; those beyond the longest history are
    /// left out.
    pub(super) fn of(rotations: &[Rotation]) -> Self {
        if rotations.is_empty() {
            return Self(None);
        }
        let mut history = Entries::default();
        for (entry, rotation) in history.entries.iter_mut().zip(rotations) {
            *entry = Entry {
                at: rotation.at,
                skipped: rotation.skipped,
            };
            history.count += 1;
        }
        Self(Some(Box::new(history)))
    }

    /// Returns the rotations as they are recorded.
    pub(super) fn export(&self) -> Vec<Rotation> {
        let entries = self.0.as_deref();
        let entries = entries.map_or(&[][..], |history| &history.entries[..history.count]);
        let rotation = |entry: &Entry| Rotation {
            at: entry.at,
            skipped: entry.skipped,
        };
        entries.iter().map(rotation).collect()
    }

    /// Returns the rotations, given the generation that the newest of them led to.
    pub(super) fn rotations(&self, mut to: u64, now: Timestamp) -> Vec<PastRotation> {
        let Some(Entries { entries, count }) = self.0.as_deref() else {
            return Vec::new();
        };
        let rotations = entries[..*count].iter().map(|entry| {
            let rotation = entry.rotation(to, now);
            to = rotation.from;
            rotation
        });
        rotations.collect()
    }
}
