//! What the clones of a store share.

use super::families::Families;
use super::one_time_ids::OneTimeIds;
use super::shards::Shards;
use crate::clock::{Clock, Timestamp};

pub(super) struct Shared<C: ?Sized = dyn Clock> {
    pub(super) shards: Shards<Shard>,
    clock: C,
}

impl<C> Shared<C> {
    pub(super) fn new(clock: C) -> Self {
        Self {
            shards: Shards::new(),
            clock,
        }
    }
}

impl Shared {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock is read under the lock, so that operations on one shard happen in the order of
    /// their times.
    pub(super) fn read<R>(&self, digest: &[u8], look: impl FnOnce(&Shard, Timestamp) -> R) -> R {
        self.shards
            .with(digest[0], |shard| look(shard, self.clock.now()))
    }

    pub(super) fn write<R>(
        &self,
        digest: &[u8],
        change: impl FnOnce(&mut Shard, Timestamp) -> R,
    ) -> R {
        self.shards.with(digest[0], |shard| {
            let now = self.clock.now();
            shard.families.sweep(SWEPT_PER_WRITE, now);
            shard.one_time_ids.sweep(SWEPT_PER_WRITE, now);
            change(shard, now)
        })
    }
}

#[derive(Default)]
pub(super) struct Shard {
    pub(super) families: Families,
    pub(super) one_time_ids: OneTimeIds,
}

/// More than a write can add, so that what has expired shrinks with every write.
const SWEPT_PER_WRITE: usize = 8;
