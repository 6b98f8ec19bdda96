//! How long everything is measured.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    /// Of one slice.
    pub(crate) slice: Duration,
    /// Of one slice where servers take turns: short, so that they meet the machine in the same
    /// mood.
    pub(crate) turn: Duration,
    pub(crate) warm_up: Duration,
    /// How often the servers take turns.
    pub(crate) rounds: usize,
    /// Shares of what the token server can do, in an open loop.
    pub(crate) shares: &'static [f64],
    /// How often each session is rotated, at these counts measured.
    pub(crate) rotations: &'static [u64],
    pub(crate) nodes: &'static [usize],
    pub(crate) sessions: &'static [u32],
    pub(crate) idle: usize,
    pub(crate) is_quick: bool,
}

impl Lengths {
    pub(crate) const FULL: Self = Self {
        slice: Duration::from_secs(3),
        turn: Duration::from_millis(900),
        warm_up: Duration::from_millis(300),
        rounds: 16,
        shares: &[0.1, 0.25, 0.5, 0.75, 0.9],
        rotations: &[100, 1_000, 2_500, 5_000, 7_500, 10_000],
        nodes: &[1, 2, 3, 4],
        sessions: &[1_000, 100_000, 1_000_000],
        idle: 10_000,
        is_quick: false,
    };

    pub(crate) const QUICK: Self = Self {
        slice: Duration::from_millis(600),
        turn: Duration::from_millis(300),
        warm_up: Duration::from_millis(200),
        rounds: 2,
        shares: &[0.25, 0.5],
        rotations: &[50, 200, 400],
        nodes: &[1, 2],
        sessions: &[1_000, 20_000],
        idle: 10_000,
        is_quick: true,
    };
}
