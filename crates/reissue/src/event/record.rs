//! The owned form of events.

use std::error::Error;
use std::fmt::Write as _;

use super::{ClaimedClient, Event, Requester, SessionEnd, SessionRef};
use crate::denial::Denial;
use crate::guessing::ClientAddress;
use crate::store::Sid;

/// The owned form of an [`Event`], for a queue, another thread or an audit log.
///
/// It has the fields of all events; those that an event does not have are `None`. Made by
/// [`Event::to_record`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventRecord {
    /// The [name](Event::name) of the event.
    pub name: &'static str,
    /// The id of the client that sent the request or holds the session; of an authentication that
    /// failed, the registered client that the request claimed to be from.
    pub client: Option<String>,
    /// The client that a token was issued to, where another client presented it.
    pub owner: Option<String>,
    /// The grant type.
    pub grant_type: Option<String>,
    /// The address that the request came from.
    pub address: Option<ClientAddress>,
    /// The subject.
    pub subject: Option<String>,
    /// The session.
    pub sid: Option<Sid>,
    /// Why the request was denied.
    pub denial: Option<Denial>,
    /// What failed, with all its causes.
    pub cause: Option<String>,
    /// The generation that was presented, or that the store had before it was fast-forwarded.
    pub presented: Option<u64>,
    /// The current generation.
    pub current: Option<u64>,
    /// How many sessions were ended, or how many generations were shared.
    pub count: Option<u64>,
    /// What became of the session.
    pub end: Option<SessionEnd>,
}

impl Event<'_> {
    /// Returns the owned form of the event.
    ///
    /// For an [`Event::Failed`], the record has the texts of the error and its causes, not the
    /// error itself.
    #[must_use]
    pub fn to_record(&self) -> EventRecord {
        let record = EventRecord {
            name: self.name(),
            ..EventRecord::default()
        };
        match *self {
            Self::AccessTokenRevoked {
                client,
                subject,
                sid,
                address,
            } => EventRecord {
                client: Some(client.to_owned()),
                subject: Some(subject.to_owned()),
                sid,
                address,
                ..record
            },
            Self::AuthenticationFailed {
                client,
                denial,
                address,
            } => EventRecord {
                client: match client {
                    ClaimedClient::Registered(client) => Some(client.to_owned()),
                    ClaimedClient::Unreadable | ClaimedClient::Unregistered => None,
                },
                denial: Some(denial),
                address,
                ..record
            },
            Self::ClientMismatch {
                client,
                owner,
                sid,
                address,
            } => EventRecord {
                client: Some(client.to_owned()),
                owner: Some(owner.to_owned()),
                sid,
                address,
                ..record
            },
            Self::Denied { requester, denial } => EventRecord {
                denial: Some(denial),
                ..record.of_requester(requester)
            },
            Self::Failed {
                requester,
                denial,
                error,
            } => EventRecord {
                denial: Some(denial),
                cause: error.map(chain),
                ..record.of_requester(requester)
            },
            Self::Healed { session, from, to } => EventRecord {
                presented: Some(from),
                current: Some(to),
                ..record.of_session(session)
            },
            Self::Issued {
                client,
                grant_type,
                subject,
                sid,
                address,
            } => EventRecord {
                client: Some(client.to_owned()),
                grant_type: Some(grant_type.to_owned()),
                subject: Some(subject.to_owned()),
                sid,
                address,
                ..record
            },
            Self::Refreshed {
                session,
                generation,
            }
            | Self::Retried {
                session,
                generation,
            } => EventRecord {
                current: Some(generation),
                ..record.of_session(session)
            },
            Self::Reused {
                session,
                presented,
                current,
                end,
            }
            | Self::StoreRollback {
                session,
                presented,
                current,
                end,
            } => EventRecord {
                presented: Some(presented),
                current: Some(current),
                end: Some(end),
                ..record.of_session(session)
            },
            Self::Revoked {
                subject,
                sid,
                count,
            } => EventRecord {
                subject: Some(subject.to_owned()),
                sid,
                count: Some(count),
                ..record
            },
            Self::SessionEvicted { subject, sid } => EventRecord {
                subject: Some(subject.to_owned()),
                sid: Some(sid),
                ..record
            },
            Self::SharedSession {
                session,
                generations,
                end,
            } => EventRecord {
                count: Some(u64::from(generations)),
                end: Some(end),
                ..record.of_session(session)
            },
            Self::Superseded {
                session,
                presented,
                current,
            } => EventRecord {
                presented: Some(presented),
                current: Some(current),
                ..record.of_session(session)
            },
            Self::UnknownKey { client, address } => EventRecord {
                client: Some(client.to_owned()),
                address,
                ..record
            },
        }
    }
}

impl EventRecord {
    fn of_requester(self, requester: Requester<'_>) -> Self {
        Self {
            client: requester.client.map(str::to_owned),
            grant_type: requester.grant_type.map(str::to_owned),
            address: requester.address,
            ..self
        }
    }

    fn of_session(self, session: SessionRef<'_>) -> Self {
        Self {
            client: Some(session.client.to_owned()),
            subject: Some(session.subject.to_owned()),
            sid: Some(session.sid),
            address: session.address,
            ..self
        }
    }
}

/// Returns an error with all its causes, in one line.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing into a string does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
