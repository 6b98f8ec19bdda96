//! Choices that can be made again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Choices that follow from a seed: the generator `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The choices of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number below that one.
    ///
    /// # Panics
    ///
    /// When there is none: `below` is zero.
    pub fn below(&mut self, below: usize) -> usize {
        let below = u64::try_from(below).expect("a count of things in memory");
        usize::try_from(self.roll() % below).expect("less than a usize")
    }

    /// Any time between two.
    ///
    /// # Panics
    ///
    /// When they are more than centuries apart.
    pub fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.roll() % (to - from + 1))
    }

    /// Any order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.below(end + 1));
        }
    }

    /// The choices of somebody else, who goes on independently.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.roll())
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The seed of this run: that of `REISSUE_TEST_SEED`, or any.
///
/// # Panics
///
/// When the variable is no number.
#[must_use]
pub fn seed() -> u64 {
    match std::env::var("REISSUE_TEST_SEED") {
        Ok(seed) => seed.parse().expect("REISSUE_TEST_SEED is a number"),
        Err(_) => RandomState::new().hash_one(()),
    }
}
