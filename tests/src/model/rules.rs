//! What can be configured, in the model's own words.

use super::Wording;

/// What a server is configured to do. All times are seconds; `None` is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// How long after it was superseded a token is still answered.
    pub grace: u64,
    /// How many conflicts there may be until then.
    pub retry_cap: u32,
    /// How many generations a token may be ahead of the store.
    pub heal_limit: u64,
    /// What becomes of a token that is used.
    pub rotation: Rotation,
    /// What becomes of a family whose old token turns up.
    pub on_reuse: OnReuse,
    /// What becomes of a family of which generation after generation is presented more than once.
    pub on_shared: OnShared,
    /// How long a family lives without a rotation.
    pub idle: Option<u64>,
    /// How long a family lives.
    pub absolute: Option<u64>,
    /// How long an access token lives.
    pub access: u64,
    /// How many families a subject may have.
    pub limit: Option<Limit>,
    /// How grants are written.
    pub wording: Wording,
}

/// What becomes of a token that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// There is a new token, and every older token returns the newest.
    Converge,
    /// It stays, and is not answered.
    Keep,
    /// It stays, and is answered.
    KeepAndRepeat,
    /// There is a new token.
    Rotate,
}

/// What becomes of a family whose old token turns up outside grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnReuse {
    /// Nothing.
    Report,
    /// It is revoked.
    Revoke,
}

/// What becomes of a family of which generation after generation is presented more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnShared {
    /// Nothing.
    Report,
    /// It is revoked, from so many generations in a row on.
    Revoke {
        /// Of them.
        threshold: u32,
    },
}

/// How many families a subject may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// At most so many; at least one.
    pub max: usize,
    /// What becomes of one more.
    pub when_full: WhenFull,
}

/// What becomes of one more family than there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhenFull {
    /// The one whose last rotation is the oldest goes; the one with the smallest name among equals.
    EvictOldest,
    /// It is denied.
    Refuse,
}
