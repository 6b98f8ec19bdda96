//! The single-use ids of one shard.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::clock::Timestamp;
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
