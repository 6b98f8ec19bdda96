//! The events.

use std::error::Error;

use super::{ClaimedClient, Requester, SessionEnd, SessionRef};
use crate::denial::Denial;
use crate::guessing::ClientAddress;
use crate::store::Sid;

/// An outcome of an operation. It never contains a token, a secret or a key.
///
/// Every denied request is exactly one of [`AuthenticationFailed`](Self::AuthenticationFailed),
/// [`Denied`](Self::Denied) and [`Failed`](Self::Failed). Events about the session or the token
/// that led to a denial come before it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A client revoked an access token. Its session continues.
    AccessTokenRevoked {
        /// The id of the client.
        client: &'a str,
        /// The subject who authorised the token.
        subject: &'a str,
        /// The session that the token was issued in, if any.
        sid: Option<Sid>,
        /// The address that the request came from, if known.
        address: Option<ClientAddress>,
    },
    /// A client was not authenticated (RFC 6749 §2.3): most often because of a wrong secret. Many
    /// such events are an attempt to guess one.
    ///
    /// Clients must not learn whether an id is registered: `client` and `denial` may be more
    /// precise than the response was.
    AuthenticationFailed {
        /// The client that the request claimed to be from.
        client: ClaimedClient<'a>,
        /// Why it was rejected.
        denial: Denial,
        /// The address that the request came from, if known.
        address: Option<ClientAddress>,
    },
    /// A client presented a token of another client, to refresh or to revoke it. Nothing changed.
    ClientMismatch {
        /// The id of the client that presented it.
        client: &'a str,
        /// The id of the client that it was issued to.
        owner: &'a str,
        /// The session, if the token belongs to one.
        sid: Option<Sid>,
        /// The address that the request came from, if known.
        address: Option<ClientAddress>,
    },
    /// A request was denied.
    Denied {
        /// Who sent it.
        requester: Requester<'a>,
        /// Why.
        denial: Denial,
    },
    /// A request was denied with `503`, because something that the server depends on failed or is
    /// overloaded. The client should try again.
    Failed {
        /// Who sent it.
        requester: Requester<'a>,
        /// Why. The client gets its code and description.
        denial: Denial,
        /// What failed, where it is known.
        error: Option<&'a (dyn Error + 'static)>,
    },
    /// A token was ahead of the store, which had lost writes; the record was fast-forwarded.
    Healed {
        /// The session.
        session: SessionRef<'a>,
        /// The generation that the store had.
        from: u64,
        /// The generation that it has now.
        to: u64,
    },
    /// A grant was turned into tokens.
    Issued {
        /// The id of the client that got them.
        client: &'a str,
        /// The grant type that it used.
        grant_type: &'a str,
        /// The subject who authorised them.
        subject: &'a str,
        /// The new session; `None` without a refresh token.
        sid: Option<Sid>,
        /// The address that the request came from, if known.
        address: Option<ClientAddress>,
    },
    /// A session was refreshed.
    Refreshed {
        /// The session.
        session: SessionRef<'a>,
        /// The generation of the refresh token that the client holds now.
        generation: u64,
    },
    /// A superseded refresh token was presented within its grace period, and the response had the
    /// current generation again: a lost response, or a second tab.
    Retried {
        /// The session.
        session: SessionRef<'a>,
        /// The current generation.
        generation: u64,
    },
    /// A superseded refresh token was presented after its grace period: it may be stolen.
    Reused {
        /// The session.
        session: SessionRef<'a>,
        /// The generation that was presented.
        presented: u64,
        /// The current generation.
        current: u64,
        /// What became of the session.
        end: SessionEnd,
    },
    /// Sessions were ended: by a client, by the application, by its hook, or because of reuse.
    Revoked {
        /// The subject of the sessions.
        subject: &'a str,
        /// The session; `None` for several.
        sid: Option<Sid>,
        /// How many sessions were ended.
        count: u64,
    },
    /// A session was ended because its subject opened more sessions than the limit.
    SessionEvicted {
        /// The subject of the session.
        subject: &'a str,
        /// The session.
        sid: Sid,
    },
    /// Several holders of the tokens of a session seem to take turns: tabs that do not share their
    /// token, or a client and a thief.
    SharedSession {
        /// The session.
        session: SessionRef<'a>,
        /// How many consecutive generations were presented more than once.
        generations: u32,
        /// What became of the session.
        end: SessionEnd,
    },
    /// A token was ahead of the store by more than the heal limit: the store was rolled back.
    StoreRollback {
        /// The session.
        session: SessionRef<'a>,
        /// The generation that was presented.
        presented: u64,
        /// The generation that the store has.
        current: u64,
        /// What became of the session.
        end: SessionEnd,
    },
    /// A superseded refresh token was presented within its grace period, but too often.
    Superseded {
        /// The session.
        session: SessionRef<'a>,
        /// The generation that was presented.
        presented: u64,
        /// The current generation.
        current: u64,
    },
    /// A token names a key that is not in the ring: the key was removed too early, has not reached
    /// this server yet, or the token is made up. It is treated as malformed, also where tokens are
    /// revoked or introspected.
    UnknownKey {
        /// The id of the client that presented it.
        client: &'a str,
        /// The address that the request came from, if known.
        address: Option<ClientAddress>,
    },
}

impl Event<'_> {
    /// Returns a stable name, for labels of metrics and for audit logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AccessTokenRevoked { .. } => "access_token_revoked",
            Self::AuthenticationFailed { .. } => "authentication_failed",
            Self::ClientMismatch { .. } => "client_mismatch",
            Self::Denied { .. } => "denied",
            Self::Failed { .. } => "failed",
            Self::Healed { .. } => "healed",
            Self::Issued { .. } => "issued",
            Self::Refreshed { .. } => "refreshed",
            Self::Retried { .. } => "retried",
            Self::Reused { .. } => "reused",
            Self::Revoked { .. } => "revoked",
            Self::SessionEvicted { .. } => "session_evicted",
            Self::SharedSession { .. } => "shared_session",
            Self::StoreRollback { .. } => "store_rollback",
            Self::Superseded { .. } => "superseded",
            Self::UnknownKey { .. } => "unknown_key",
        }
    }
}
