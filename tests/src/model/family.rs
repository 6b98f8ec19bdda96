//! One login on one device.

use reissue::store::Revision;

use super::{Rules, Scopes};

/// Which family: a subject, and a number that orders its families as their public names do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Whose.
    pub subject: u8,
    /// Which.
    pub sid: u128,
}

/// One family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Family {
    /// The generation of its newest token.
    pub generation: u64,
    /// The name of its grant.
    pub revision: Revision,
    /// How many superseded tokens were presented since the last rotation.
    pub conflicts: u32,
    /// How many generations in a row were presented more than once.
    pub shared: u8,
    /// The rotations that are remembered, the last one and up to seven before it, newest first:
    /// which generation was the current one until then, and when.
    pub rotations: [Option<(u64, u64)>; 8],
    /// What is granted.
    pub scopes: Scopes,
    /// When it began.
    pub created_at: u64,
    /// When its generation last changed.
    pub rotated_at: u64,
    /// When it ends unless it is rotated.
    pub deadline: Option<u64>,
    /// When it ends in any case.
    pub expires_at: Option<u64>,
}

impl Family {
    pub(super) fn new(scopes: Scopes, expires_at: Option<u64>, rules: &Rules, now: u64) -> Self {
        Self {
            generation: 0,
            revision: Revision::ORIGINAL,
            conflicts: 0,
            shared: 0,
            rotations: [None; 8],
            scopes,
            created_at: now,
            rotated_at: now,
            deadline: nearer(expires_at, rules.idle.map(|idle| now + idle)),
            expires_at,
        }
    }

    /// Whether it has not come to its end.
    #[must_use]
    pub fn is_live(&self, now: u64) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    pub(super) fn rotate(&mut self, generation: u64, rules: &Rules, now: u64) {
        let young = |rotation: &Option<(u64, u64)>| {
            rotation.is_some_and(|(_, at)| is_younger(at, rules.grace, now))
        };
        let kept = self.rotations.iter().take_while(|it| young(it)).count();
        self.rotations[kept..].fill(None);
        self.rotations.rotate_right(1);
        self.rotations[0] = Some((self.generation, now));
        self.shared = match self.conflicts {
            0 => 0,
            _ => self.shared.saturating_add(1),
        };
        self.generation = generation;
        self.conflicts = 0;
        self.rotated_at = now;
        self.deadline = nearer(self.expires_at, rules.idle.map(|idle| now + idle));
    }
}

impl Family {
    /// Whether a generation was superseded less than grace ago.
    pub(super) fn is_within_grace(&self, generation: u64, rules: &Rules, now: u64) -> bool {
        let mut rotations = self.rotations.iter().flatten();
        let superseded = rotations.find(|(from, _)| *from <= generation);
        superseded.is_some_and(|(_, at)| is_younger(*at, rules.grace, now))
    }
}

/// What lies in the future by more than two seconds is not young: a clock has stepped back.
fn is_younger(at: u64, grace: u64, now: u64) -> bool {
    at <= now + 2 && now.saturating_sub(at) < grace
}

pub(super) fn nearer(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
