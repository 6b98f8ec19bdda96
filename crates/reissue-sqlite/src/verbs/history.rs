//! The rotations before the last one, for as long as they are young: seven bytes each, newest
//! first.

use std::time::Duration;

use reissue::Timestamp;
use reissue::store::PastRotation;
use reissue::store::transfer::Rotation;

/// A rotation: when it was, and how many generations it led ahead, less one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) skipped: u8,
}

impl Entry {
    /// Returns the rotation as it looks at `now`, given the generation that it led to.
    pub(super) fn rotation(self, to: u64, now: Timestamp) -> PastRotation {
        PastRotation {
            from: to.saturating_sub(u64::from(self.skipped) + 1),
            age: PastRotation::age_at(now, self.at),
        }
    }

    fn to_bytes(self) -> [u8; LENGTH] {
        let millis = self.at.as_millis().min(LATEST).to_be_bytes();
        let [_, _, a, b, c, d, e, f] = millis;
        [a, b, c, d, e, f, self.skipped]
    }

    fn from_bytes([a, b, c, d, e, f, skipped]: [u8; LENGTH]) -> Self {
        Self {
            at: Timestamp::from_millis(u64::from_be_bytes([0, 0, a, b, c, d, e, f])),
            skipped,
        }
    }
}

/// Returns the history with one more rotation, without those that are no longer younger than
/// `longest`; what lies behind a rotation that is forgotten is forgotten with it.
pub(super) fn push(history: &[u8], newest: Entry, longest: Duration, now: Timestamp) -> Vec<u8> {
    std::iter::once(newest)
        .chain(entries(history))
        .take(PastRotation::MAX_EARLIER)
        .take_while(|entry| PastRotation::age_at(now, entry.at) < longest)
        .flat_map(Entry::to_bytes)
        .collect()
}

/// Returns the bytes of these rotations, newest first.
pub(super) fn of(rotations: &[Rotation]) -> Vec<u8> {
    rotations
        .iter()
        .take(PastRotation::MAX_EARLIER)
        .flat_map(|&Rotation { at, skipped }| Entry { at, skipped }.to_bytes())
        .collect()
}

/// Returns the rotations as they are recorded.
pub(super) fn export(history: &[u8]) -> Vec<Rotation> {
    entries(history)
        .map(|Entry { at, skipped }| Rotation { at, skipped })
        .collect()
}

/// Returns the rotations of a history, given the generation that the newest of them led to.
pub(super) fn rotations(history: &[u8], mut to: u64, now: Timestamp) -> Vec<PastRotation> {
    entries(history)
        .map(|entry| {
            let rotation = entry.rotation(to, now);
            to = rotation.from;
            rotation
        })
        .collect()
}

fn entries(history: &[u8]) -> impl Iterator<Item = Entry> {
    let (entries, _) = history.as_chunks::<LENGTH>();
    entries.iter().copied().map(Entry::from_bytes)
}

const LENGTH: usize = 7;
/// The latest time that six bytes hold, in the year 10889.
const LATEST: u64 = (1 << 48) - 1;

#[cfg(test)]
mod tests;
