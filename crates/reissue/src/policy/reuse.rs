//! Settings for copied refresh tokens.

/// What happens when a superseded token is presented after its grace period. Default:
/// [`Revoke`](Self::Revoke).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReuse {
    /// An event is reported, and the response is the same as within the grace period. For a trial
    /// run before [`OnReuse::Revoke`].
    Report,
    /// The session is revoked (RFC 9700 §4.14.2).
    #[default]
    Revoke,
}

/// What happens when several holders of a session's tokens seem to take turns. Default:
/// [`Report`](Self::Report).
///
/// If a thief always refreshes shortly before the client, the client looks like a second browser
/// tab. In both cases, and in no other, generation after generation is presented more than once.
/// Only tokens that are bound to a key distinguish the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnSharedSession {
    /// An [event](crate::event::Event::SharedSession) is reported.
    #[default]
    Report,
    /// The session is revoked. For clients that are known to send one refresh at a time, from one
    /// place.
    Revoke,
}
