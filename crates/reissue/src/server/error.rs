//! The error of an operation of a server.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::client::Client;
use crate::denial::Denial;
use crate::store::{Sid, StoreError};

/// The error of an operation of a [`Server`](super::Server): the denial for the client, and the
/// cause for operators.
///
/// `Display` shows the reason for operators. [`source`](Error::source) is the error of the store,
/// the hook, the registry or the keys, if one of them failed. Neither contains a token or a secret.
///
/// It converts into a [`Denial`], for a handler of a grant that calls the server itself.
pub struct ServerError {
    denial: Denial,
    // Boxed, because every result of the engine contains it.
    detail: Option<Box<Detail>>,
}

/// What the event of a denial contains beside the denial.
pub(super) enum Detail {
    /// What failed.
    Cause(Box<dyn Error + Send + Sync>),
    /// A refresh token of another client.
    Foreign { owner: String, sid: Sid },
    /// A superseded refresh token that was presented too often.
    Superseded {
        subject: String,
        sid: Sid,
        presented: u64,
        current: u64,
    },
    /// A client that was not authenticated.
    Unauthenticated { claimed: Claimed, reason: Denial },
}

/// The client that a request claimed to be from.
pub(super) enum Claimed {
    Registered(Arc<Client>),
    Unreadable,
    Unregistered,
}

impl ServerError {
    /// Returns the denial that an endpoint sends to the client.
    #[must_use]
    pub fn denial(&self) -> Denial {
        self.denial
    }

    /// Returns the error for a failure of something that the server depends on.
    pub(super) fn caused(denial: Denial, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::detailed(denial, Detail::Cause(cause.into()))
    }

    pub(super) fn detailed(denial: Denial, detail: Detail) -> Self {
        Self {
            denial,
            detail: Some(Box::new(detail)),
        }
    }

    /// Returns the error for credentials that could not be read.
    pub(crate) fn unreadable_credentials(denial: Denial) -> Self {
        let claimed = Claimed::Unreadable;
        let reason = denial;
        Self::detailed(denial, Detail::Unauthenticated { claimed, reason })
    }

    pub(super) fn detail(&self) -> Option<&Detail> {
        self.detail.as_deref()
    }
}

impl From<Denial> for ServerError {
    fn from(denial: Denial) -> Self {
        Self {
            denial,
            detail: None,
        }
    }
}

impl From<ServerError> for Denial {
    fn from(error: ServerError) -> Self {
        error.denial
    }
}

/// A failure of the store is `503`, in every operation.
impl From<StoreError> for ServerError {
    fn from(error: StoreError) -> Self {
        Self::caused(Denial::StoreUnavailable, error)
    }
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerError")
            .field("denial", &self.denial)
            .field("source", &self.source())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.denial.fmt(f)
    }
}

impl Error for ServerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self.detail()? {
            Detail::Cause(cause) => Some(&**cause),
            _ => None,
        }
    }
}
