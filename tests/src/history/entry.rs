//! What a history is made of.

use std::time::Duration;

use reissue::store::Revision;

use crate::model::{Family, Name, Operation, Outcome, Refusal, Scopes};

/// A point of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Moment {
    /// No two moments of a history have the same.
    pub order: u64,
    /// When that was.
    pub at: Duration,
}

/// A request, and the response if there was one.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests write histories by hand")]
pub struct Entry {
    /// What the client was about, for people.
    pub label: &'static str,
    /// The operation.
    pub operation: Operation,
    /// A time before it was sent.
    pub asked: Moment,
    /// The response, and a time after it arrived. Without one, the request may take effect at any
    /// later time, or never.
    pub answered: Option<(Moment, Response)>,
}

/// What a client can observe of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Response {
    /// Whether a token is good.
    Active(bool),
    /// Whether there was a session to amend.
    Amended(bool),
    /// The sessions that there are, and what each is granted.
    Listed(Vec<(Name, Scopes)>),
    /// No.
    Refused(Refusal),
    /// Whatever there was to revoke is revoked.
    Revoked,
    /// Tokens.
    Tokens {
        /// The generation of the refresh token.
        generation: u64,
        /// The revision that is sealed in it.
        revision: Revision,
        /// The scopes that are sealed in it.
        sealed: Scopes,
        /// The scopes of the access token.
        scopes: Scopes,
    },
}

impl Response {
    /// Returns whether this is the model's response, where the model may only know this session.
    pub(super) fn agrees(&self, outcome: &Outcome, name: Name) -> bool {
        match (self, outcome) {
            (Self::Active(active), Outcome::Active(found)) => *active == found.is_some(),
            (Self::Amended(amended), Outcome::Amended(found)) => amended == found,
            (Self::Listed(listed), Outcome::Sessions(found)) => {
                let mut listed = listed.iter().filter(|(listed, _)| *listed == name);
                let found = found.first().map(|session| session.scopes);
                listed.next().map(|(_, scopes)| *scopes) == found
            }
            (Self::Refused(refusal), Outcome::Refused(found)) => refusal == found,
            (Self::Revoked, Outcome::Revoked | Outcome::Ended(_)) => true,
            (
                Self::Tokens {
                    generation,
                    revision,
                    sealed,
                    scopes,
                },
                Outcome::Tokens(found),
            ) => found.token.is_some_and(|token| {
                (
                    token.generation,
                    token.revision,
                    token.scopes,
                    found.access.scopes,
                ) == (*generation, *revision, *sealed, *scopes)
            }),
            _ => false,
        }
    }
}

/// A time in which things went wrong.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests write histories by hand")]
pub struct Disturbance {
    /// When it began.
    pub from: Moment,
    /// When everything was as it should be again.
    pub until: Moment,
    /// Whether confirmed writes may be lost, as in a failover.
    pub loses_writes: bool,
}

/// Whether an operation is about this session, or about all of its subject.
pub(super) fn concerns(operation: &Operation, name: Name) -> bool {
    match operation {
        Operation::Amend { family, .. }
        | Operation::Login { family, .. }
        | Operation::RevokeSession { family } => *family == name,
        Operation::Introspect { token, .. }
        | Operation::Refresh { token, .. }
        | Operation::Revoke { token, .. } => token.family == name,
        Operation::IntrospectAccess { access, .. } => access.family == name,
        Operation::RevokeSessions { subject, .. } | Operation::Sessions { subject } => {
            *subject == name.subject
        }
    }
}

/// Whether an operation can change anything.
pub(super) fn has_effects(operation: &Operation) -> bool {
    !matches!(
        operation,
        Operation::Introspect { .. }
            | Operation::IntrospectAccess { .. }
            | Operation::Sessions { .. }
    )
}

/// Whether an operation with this outcome has ended the session for good.
pub(super) fn ends(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Ended(_)
            | Outcome::Refused(Refusal::Reused | Refusal::RolledBack | Refusal::Shared)
            | Outcome::Revoked
    )
}

/// Without what the checker does not look at, or knows better.
pub(super) fn normal(family: Family) -> Family {
    Family {
        conflicts: 0,
        shared: 0,
        // All generations at once: when each of them was superseded, the configuration knows.
        rotations: [Some((0, 0)), None, None, None, None, None, None, None],
        created_at: 0,
        rotated_at: 0,
        deadline: None,
        expires_at: None,
        ..family
    }
}
