//! What happens when a refresh token shows that it was copied.

/// What happens when a superseded token is presented outside grace. Default:
/// [`Revoke`](Self::Revoke).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReuse {
    /// An event is reported, and the response is as within grace. For a trial run before
    /// [`OnReuse::Revoke`].
    Report,
    /// The session is revoked (RFC 9700 §4.14.2).
    #[default]
    Revoke,
}

/// What happens when several holders of a session's tokens seem to take turns. Default:
/// [`Report`](Self::Report).
///
/// A thief who always refreshes shortly before the client makes the client look like a second
/// browser tab. Only a key that the tokens are bound to can tell the two apart. Both show in the
/// same way, and no other client does: generation after generation is presented more than once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnSharedSession {
    /// An [event](crate::event::Event::SharedSession) is reported.
    #[default]
    Report,
    /// The session is revoked. For clients that are known to send one request at a time, from one
    /// place.
    Revoke,
}
