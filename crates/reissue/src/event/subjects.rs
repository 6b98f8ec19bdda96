//! The requests, clients and sessions that events refer to.

use crate::guessing::ClientAddress;
use crate::store::Sid;

/// The sender of a request, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requester<'a> {
    /// The id of the client, if it was authenticated.
    pub client: Option<&'a str>,
    /// The grant type, if it is one that the client may use.
    pub grant_type: Option<&'a str>,
    /// The address that the request came from, if the application [provides it](crate::guessing).
    pub address: Option<ClientAddress>,
}

/// The client that a request claimed to be from, where authentication failed.
///
/// An id that is not registered is left out: it is unchecked input, and may be a secret that was
/// sent by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimedClient<'a> {
    /// The registered client of this id.
    Registered(&'a str),
    /// None: the credentials could not be read.
    Unreadable,
    /// A client that is not registered.
    Unregistered,
}

/// The session that an event refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionRef<'a> {
    /// The id of the client that holds its tokens.
    pub client: &'a str,
    /// The subject who authorised it.
    pub subject: &'a str,
    /// The session.
    pub sid: Sid,
    /// The address that the request came from, if the application [provides it](crate::guessing).
    pub address: Option<ClientAddress>,
}

/// What became of a session that raised an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum SessionEnd {
    /// It was revoked.
    Ended,
    /// It continues, because the policy only reports.
    Kept,
    /// It was to be revoked, and the store has not confirmed it: it may continue. The next
    /// superseded token raises the alarm again.
    Unconfirmed,
}

impl SessionEnd {
    /// Returns a stable name, for logs and labels of metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Kept => "kept",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}
