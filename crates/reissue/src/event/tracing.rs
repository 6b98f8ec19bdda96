//! Events in the log: alarms as errors, problems as warnings, the rest as information or below.

use tracing::field::display;
use tracing::{debug, error, info, warn};

use super::record::chain;
use super::{ClaimedClient, Event};
use crate::denial::Denial;

/// Logs an event with `tracing`, under the target `reissue`.
///
/// Sessions appear by `sid` and client. The subject is left out, because more people can read logs
/// than the store. Every server does this unless it is built
/// [without](crate::ServerBuilder::without_tracing).
pub fn trace(event: &Event<'_>) {
    match *event {
        Event::AccessTokenRevoked {
            client,
            sid,
            address,
            ..
        } => {
            let (sid, address) = (sid.map(display), address.map(display));
            info!(target: TARGET, client, sid, address, "access token revoked");
        }
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
        Event::ClientMismatch {
            client,
            owner,
            sid,
            address,
        } => {
            let (sid, address) = (sid.map(display), address.map(display));
            warn!(target: TARGET, client, owner, sid, address, "token of another client");
        }
        Event::Denied { requester, denial } => {
            let address = requester.address.map(display);
            info!(target: TARGET, client = requester.client, grant_type = requester.grant_type, address, error = %denial.code(), reason = %denial, "denied");
        }
        Event::Failed {
            requester,
            denial,
            error,
        } => {
            let address = requester.address.map(display);
            let cause = error.map(chain);
            error!(target: TARGET, client = requester.client, grant_type = requester.grant_type, address, reason = %denial, cause, "request failed");
        }
        Event::Healed { session, from, to } => {
            warn!(target: TARGET, client = session.client, sid = %session.sid, from, to, "record fast-forwarded: the store had lost writes");
        }
        Event::Issued {
            client,
            grant_type,
            sid,
            address,
            ..
        } => {
            let address = address.map(display);
            match sid {
                Some(sid) => {
                    info!(target: TARGET, client, grant_type, %sid, address, "session issued");
                }
                None => info!(target: TARGET, client, grant_type, address, "access token issued"),
            }
        }
        Event::Refreshed {
            session,
            generation,
        } => {
            debug!(target: TARGET, client = session.client, sid = %session.sid, generation, "refreshed");
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
            let address = session.address.map(display);
            error!(target: TARGET, client = session.client, sid = %session.sid, address, presented, current, session_end = end.as_str(), "refresh token reused");
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
            let address = session.address.map(display);
            warn!(target: TARGET, client = session.client, sid = %session.sid, address, generations, session_end = end.as_str(), "session shared by several holders");
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
            let address = session.address.map(display);
            warn!(target: TARGET, client = session.client, sid = %session.sid, address, presented, current, "superseded refresh token presented too often");
        }
        Event::UnknownKey { client, address } => {
            let address = address.map(display);
            warn!(target: TARGET, client, address, "token of an unknown key");
        }
    }
}

const TARGET: &str = "reissue";
