//! The single-use ids of one shard.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::transfer::{Imported, OneTimeEntry};
use crate::store::{Consumed, OneTimeId};

#[derive(Default)]
pub(super) struct OneTimeIds {
    expiries: BTreeMap<OneTimeId, Timestamp>,
    timer: BTreeSet<(Timestamp, OneTimeId)>,
}

impl OneTimeIds {
    pub(super) fn consume(
        &mut self,
        id: OneTimeId,
        lifetime: Duration,
        now: Timestamp,
    ) -> Consumed {
        if let Some(&expiry) = self.expiries.get(&id) {
            if now < expiry {
                return Consumed::Already;
            }
            self.timer.remove(&(expiry, id));
        }
        self.expiries.insert(id, now + lifetime);
        self.timer.insert((now + lifetime, id));
        Consumed::First
    }

    pub(super) fn is_consumed(&self, id: OneTimeId, now: Timestamp) -> bool {
        self.expiries.get(&id).is_some_and(|expiry| now < *expiry)
    }

    /// Adds consumed ids after one to `entries`, until there are `limit`.
    pub(super) fn export(
        &self,
        after: Option<OneTimeId>,
        limit: usize,
        now: Timestamp,
        entries: &mut Vec<OneTimeEntry>,
    ) {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let ids = self.expiries.range((start, Bound::Unbounded));
        entries.extend(
            ids.filter(|(_, expiry)| now < **expiry)
                .take(limit.saturating_sub(entries.len()))
                .map(|(&id, &expires_at)| OneTimeEntry { id, expires_at }),
        );
    }

    pub(super) fn import(&mut self, entry: &OneTimeEntry, now: Timestamp, imported: &mut Imported) {
        let OneTimeEntry { id, expires_at } = *entry;
        if expires_at <= now {
            return;
        }
        match self.expiries.insert(id, expires_at) {
            Some(expiry) if expiry == expires_at => imported.unchanged += 1,
            Some(expiry) => {
                self.timer.remove(&(expiry, id));
                if now < expiry {
                    imported.changed += 1;
                } else {
                    imported.added += 1;
                }
            }
            None => imported.added += 1,
        }
        self.timer.insert((expires_at, id));
    }

    /// Removes at most `count` expired ids.
    pub(super) fn sweep(&mut self, count: usize, now: Timestamp) {
        for _ in 0..count {
            let Some(&(_, id)) = self.timer.first().filter(|(expiry, _)| *expiry <= now) else {
                return;
            };
            self.timer.pop_first();
            self.expiries.remove(&id);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.expiries.len(), self.timer.len());
        self.expiries.len()
    }
}
