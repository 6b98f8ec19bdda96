//! Operations and their outcomes.

use reissue::store::Revision;

use super::{Family, Name};

/// A set of scopes, one bit each.
pub type Scopes = u8;

/// The client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// Another client than that of the token.
    Other,
    /// The client of the token.
    Owner,
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the fields are named by their types")]
pub enum Operation {
    /// Changes what a family is granted.
    Amend { family: Name, scopes: Scopes },
    /// Asks about a refresh token.
    Introspect { token: Token, by: Party },
    /// Asks about an access token.
    IntrospectAccess { access: Access, by: Party },
    /// Begins a family, which gets this name if there is to be one.
    Login { family: Name, scopes: Scopes },
    /// Uses a refresh token, for these scopes or for all.
    Refresh {
        token: Token,
        by: Party,
        scopes: Option<Scopes>,
    },
    /// Ends the family of a refresh token.
    Revoke { token: Token, by: Party },
    /// Ends a family.
    RevokeSession { family: Name },
    /// Ends all families of a subject but one, or all.
    RevokeSessions { subject: u8, except: Option<Name> },
    /// Lists the families of a subject.
    Sessions { subject: u8 },
}

/// The outcome of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// An introspected token is good, or not.
    Active(Option<Active>),
    /// Whether there was a family to amend.
    Amended(bool),
    /// So many families were ended.
    Ended(u64),
    /// An error.
    Refused(Refusal),
    /// The client's revocation was carried out, or there was nothing to do.
    Revoked,
    /// In ascending order of their names.
    Sessions(Vec<Session>),
    /// A login or a refresh succeeded.
    Tokens(Answered),
}

/// Why an operation is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The session changed faster than a refresh could follow: try again.
    Contention,
    /// The token has expired.
    Expired,
    /// The token is another client's.
    Foreign,
    /// The subject is at its session limit.
    Full,
    /// The family is missing.
    Missing,
    /// The token is superseded, and the family was revoked for it.
    Reused,
    /// The token is further ahead than any failover explains, and the family was revoked for it.
    RolledBack,
    /// More scope than is granted.
    Scope,
    /// The token is superseded, as too often before, and the family was revoked for it.
    Shared,
    /// The token is superseded, and was presented too often.
    Superseded,
    /// The store failed: try again.
    Unavailable,
}

/// A refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// Whose.
    pub family: Name,
    /// Which.
    pub generation: u64,
    /// The revision of the grant that it carries.
    pub revision: Revision,
    /// The grant that it carries.
    pub scopes: Scopes,
    /// When it was issued.
    pub issued_at: u64,
    /// When its family ends at the latest.
    pub expires_at: Option<u64>,
}

/// An access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// Of which family.
    pub family: Name,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was issued.
    pub issued_at: u64,
    /// When it ends.
    pub expires_at: u64,
}

/// The response to a login or a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// For the APIs.
    pub access: Access,
    /// For the next refresh, unless the client goes on with the one that it has.
    pub token: Option<Token>,
}

/// The response to an introspection of an active token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Active {
    /// Of which family.
    pub family: Name,
    /// What it is good for.
    pub scopes: Scopes,
    /// When it was issued.
    pub issued_at: u64,
    /// When it ends, unless its family is rotated.
    pub expires_at: Option<u64>,
}

/// An entry in a list of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Which.
    pub family: Name,
    /// What it is granted.
    pub scopes: Scopes,
    /// When it began.
    pub created_at: u64,
    /// When it was rotated for the last time.
    pub rotated_at: u64,
    /// When it ends unless it is rotated.
    pub expires_at: Option<u64>,
}

impl Session {
    pub(super) fn of((name, family): (Name, &Family)) -> Self {
        Self {
            family: name,
            scopes: family.scopes,
            created_at: family.created_at,
            rotated_at: family.rotated_at,
            expires_at: family.deadline,
        }
    }
}
