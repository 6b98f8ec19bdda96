//! Events as `tracing` events: alarms as errors, trouble as warnings, the rest as information or less.

use std::error::Error;
use std::fmt;

use tracing::field::display;
use tracing::{debug, error, info, warn};

use super::{ClaimedClient, Event, Events};
use crate::denial::Denial;

/// Writes every event to `tracing`, with the target `reissue`.
///
/// Sessions appear by `sid` and client; the subject is left out, for logs are read by more people than the store.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct TracingEvents;

impl Events for TracingEvents {
    fn emit(&self, event: &Event<'_>) {
        match *event {
            Event::AccessTokenRevoked { client, sid, .. } => match sid {
                Some(sid) => info!(target: TARGET, client, %sid, "access token revoked"),
                None => info!(target: TARGET, client, "access token revoked"),
            },
            Event::AuthenticationFailed {
                client,
                denial,
                address,
            } => {
                let (client, claimed) = match client {
                    ClaimedClient::Registered(client) => (Some(client), "registered"),
                    ClaimedClient::Unreadable => (None, "unreadable"),
                    ClaimedClient::Unregistered => (None, "unregistered"),
                };
                let address = address.map(display);
                if matches!(denial, Denial::TooManyGuesses { .. }) {
                    warn!(target: TARGET, client, claimed, reason = %denial, address, "client authentication held back");
                } else {
                    info!(target: TARGET, client, claimed, reason = %denial, address, "client authentication failed");
                }
            }
            Event::ClientMismatch { client, owner, sid } => match sid {
                Some(sid) => {
                    warn!(target: TARGET, client, owner, %sid, "token of another client");
                }
                None => warn!(target: TARGET, client, owner, "token of another client"),
            },
            Event::Failed { denial, error } => {
                error!(target: TARGET, %denial, cause = %Chain(error), "a dependency failed");
            }
            Event::Healed { session, from, to } => {
                warn!(target: TARGET, client = session.client, sid = %session.sid, from, to, "store healed forward");
            }
            Event::Issued { client, sid, .. } => match sid {
                Some(sid) => info!(target: TARGET, client, %sid, "session issued"),
                None => info!(target: TARGET, client, "access token issued"),
            },
            Event::Refreshed {
                session,
                generation,
            } => {
                debug!(target: TARGET, client = session.client, sid = %session.sid, generation, "refreshed");
            }
            Event::Refused { client, denial } => {
                info!(target: TARGET, client, error = %denial.code(), reason = %denial, "refused");
            }
            Event::Retried {
                session,
                generation,
            } => {
                info!(target: TARGET, client = session.client, sid = %session.sid, generation, "retried");
            }
            Event::Reused {
                session,
                presented,
                current,
                end,
            } => {
                error!(target: TARGET, client = session.client, sid = %session.sid, presented, current, session_end = end.as_str(), "refresh token reused");
            }
            Event::Revoked { sid, count, .. } => match sid {
                Some(sid) => info!(target: TARGET, %sid, count, "session revoked"),
                None => info!(target: TARGET, count, "sessions revoked"),
            },
            Event::SessionEvicted { sid, .. } => {
                info!(target: TARGET, %sid, "session evicted at the limit");
            }
            Event::SharedSession {
                session,
                generations,
                end,
            } => {
                warn!(target: TARGET, client = session.client, sid = %session.sid, generations, session_end = end.as_str(), "session shared by several holders");
            }
            Event::StoreRollback {
                session,
                presented,
                current,
                end,
            } => {
                error!(target: TARGET, client = session.client, sid = %session.sid, presented, current, session_end = end.as_str(), "the store was rolled back");
            }
            Event::Superseded {
                session,
                presented,
                current,
            } => {
                warn!(target: TARGET, client = session.client, sid = %session.sid, presented, current, "superseded refresh token presented too often");
            }
            Event::UnknownKey { client } => {
                warn!(target: TARGET, client, "token of an unknown key");
            }
        }
    }
}

/// An error with all that is behind it, in one line.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

const TARGET: &str = "reissue";
