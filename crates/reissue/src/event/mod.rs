//! What happened, for those who run the server: one typed event for every outcome.

#[cfg(feature = "tracing")]
mod tracing;

#[cfg(feature = "tracing")]
pub use self::tracing::TracingEvents;

use std::error::Error;

use crate::denial::Denial;
use crate::guessing::ClientAddress;
use crate::store::Sid;

/// Something that happened. No token, secret or key is ever part of it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A client revoked an access token. Its session goes on.
    AccessTokenRevoked {
        /// Whose token it was.
        client: &'a str,
        /// Who authorised it.
        subject: &'a str,
        /// The session that it was issued in, if any.
        sid: Option<Sid>,
    },
    /// A client did not prove who it is (RFC 6749 §2.3): most often a wrong secret, and a guess if
    /// there are many.
    ///
    /// Whether ids are registered is not for clients to know: `client` and `denial` may say more
    /// than the response did.
    AuthenticationFailed {
        /// Who the client claimed to be.
        client: ClaimedClient<'a>,
        /// Why it was refused.
        denial: Denial,
        /// Where the request came from, if the application [has said so](crate::guessing).
        address: Option<ClientAddress>,
    },
    /// A client presented a token of another client, to refresh with it or to revoke it. Nothing
    /// changed.
    ClientMismatch {
        /// Who presented it.
        client: &'a str,
        /// Whose it is.
        owner: &'a str,
        /// The session, if the token belongs to one.
        sid: Option<Sid>,
    },
    /// Something that the server depends on failed, and the client was told to try again.
    Failed {
        /// What the client was told, and why.
        denial: Denial,
        /// What failed.
        error: &'a (dyn Error + 'static),
    },
    /// A token was ahead of the store, which has lost writes; the store was moved forward.
    Healed {
        /// Whose token.
        session: SessionRef<'a>,
        /// Where the store was.
        from: u64,
        /// Where it is now.
        to: u64,
    },
    /// A grant was turned into tokens.
    Issued {
        /// The client that got them.
        client: &'a str,
        /// Who authorised it.
        subject: &'a str,
        /// The new session; `None` without a refresh token.
        sid: Option<Sid>,
    },
    /// A refresh token was answered with its successor, or with itself if tokens are kept.
    Refreshed {
        /// Whose token.
        session: SessionRef<'a>,
        /// The generation that was answered.
        generation: u64,
    },
    /// A request was refused.
    Refused {
        /// Who asked, if anybody was authenticated.
        client: Option<&'a str>,
        /// Why.
        denial: Denial,
    },
    /// A superseded token was answered once more: a lost response, a second tab.
    Retried {
        /// Whose token.
        session: SessionRef<'a>,
        /// The generation that was answered.
        generation: u64,
    },
    /// A superseded token was presented outside grace: stolen, as far as anyone can tell.
    Reused {
        /// Whose token.
        session: SessionRef<'a>,
        /// The generation that was presented.
        presented: u64,
        /// The generation that is current.
        current: u64,
        /// What became of the session.
        end: SessionEnd,
    },
    /// Sessions were ended: on request of a client or of the host, by the host's hook, or after
    /// reuse.
    Revoked {
        /// Whose sessions.
        subject: &'a str,
        /// Which one; `None` for several.
        sid: Option<Sid>,
        /// How many lived until then.
        count: u64,
    },
    /// A session had to go because its subject opened one too many.
    SessionEvicted {
        /// Whose session.
        subject: &'a str,
        /// Which one.
        sid: Sid,
    },
    /// Several holders of a session's tokens seem to take turns: tabs that do not share their
    /// token, or a client and a thief.
    SharedSession {
        /// Whose tokens.
        session: SessionRef<'a>,
        /// How many generations in a row were presented more than once.
        generations: u32,
        /// What became of the session.
        end: SessionEnd,
    },
    /// A token is further ahead of the store than may be healed: the store was rolled back.
    StoreRollback {
        /// Whose token.
        session: SessionRef<'a>,
        /// The generation that was presented.
        presented: u64,
        /// The generation that the store knows.
        current: u64,
        /// What became of the session.
        end: SessionEnd,
    },
    /// A superseded token was presented within grace, but too often.
    Superseded {
        /// Whose token.
        session: SessionRef<'a>,
        /// The generation that was presented.
        presented: u64,
        /// The generation that is current.
        current: u64,
    },
    /// A token names a key that is not in the ring: a key was removed too early, has not reached
    /// this node yet, or somebody guesses. The token counts as garbage here, also where it is
    /// revoked or introspected.
    UnknownKey {
        /// Who presented it.
        client: &'a str,
    },
}

/// Who a client claimed to be that was not authenticated.
///
/// An id that is not registered is left out: strangers write what they like there, or a secret by
/// mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimedClient<'a> {
    /// The registered client of this id.
    Registered(&'a str),
    /// Nobody, as far as could be read.
    Unreadable,
    /// Somebody who is not registered.
    Unregistered,
}

/// Whose token an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionRef<'a> {
    /// The client.
    pub client: &'a str,
    /// Who authorised it.
    pub subject: &'a str,
    /// The session.
    pub sid: Sid,
}

/// What became of a session that gave cause for alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum SessionEnd {
    /// It is revoked.
    Ended,
    /// It lives on, for the policy only reports.
    Kept,
    /// It was to be revoked, and the store has not confirmed that it is: it may live on. The next
    /// superseded token raises the alarm again.
    Unconfirmed,
}

impl SessionEnd {
    /// Returns a stable name, for logs and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Kept => "kept",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// Takes events. Called on the path of a request: count, log or enqueue, and return.
///
/// Any `Fn(&Event<'_>)` is a sink.
pub trait Events: Send + Sync + 'static {
    /// Takes one event.
    fn emit(&self, event: &Event<'_>);
}

impl<F> Events for F
where
    F: Fn(&Event<'_>) + Send + Sync + 'static,
{
    fn emit(&self, event: &Event<'_>) {
        self(event);
    }
}
