//! The one place where a denial becomes an event.

use super::error::{Claimed, Detail};
use super::{Server, ServerError};
use crate::client::AuthenticatedClient;
use crate::denial::{Denial, ErrorCode};
use crate::event::{ClaimedClient, Event, Requester, SessionRef};

impl Server {
    pub(super) fn emit(&self, event: &Event<'_>) {
        for function in &self.shared.events {
            function(event);
        }
    }

    /// Reports the denial, if a result is one. Every public operation ends with this.
    pub(super) fn reported<T>(
        &self,
        requester: Requester<'_>,
        result: Result<T, ServerError>,
    ) -> Result<T, ServerError> {
        result.inspect_err(|error| self.report(requester, error))
    }

    /// Reports why a request was denied: exactly one event of a denial, after the events about the
    /// token that led to it.
    pub(crate) fn report(&self, requester: Requester<'_>, error: &ServerError) {
        let denial = error.denial();
        match error.detail() {
            Some(Detail::Unauthenticated { claimed, reason }) => {
                return self.emit(&Event::AuthenticationFailed {
                    client: match claimed {
                        Claimed::Registered(client) => ClaimedClient::Registered(client.id()),
                        Claimed::Unreadable => ClaimedClient::Unreadable,
                        Claimed::Unregistered => ClaimedClient::Unregistered,
                    },
                    denial: *reason,
                    address: requester.address,
                });
            }
            Some(Detail::Foreign { owner, sid }) => self.emit(&Event::ClientMismatch {
                client: requester.client.unwrap_or_default(),
                owner,
                sid: Some(*sid),
                address: requester.address,
            }),
            Some(Detail::Superseded {
                subject,
                sid,
                presented,
                current,
            }) => self.emit(&Event::Superseded {
                session: SessionRef {
                    client: requester.client.unwrap_or_default(),
                    subject,
                    sid: *sid,
                    address: requester.address,
                },
                presented: *presented,
                current: *current,
            }),
            Some(Detail::Cause(_)) | None => {}
        }
        if denial == Denial::TokenKeyUnknown {
            self.emit(&Event::UnknownKey {
                client: requester.client.unwrap_or_default(),
                address: requester.address,
            });
        }
        self.emit(&match denial.code() {
            ErrorCode::TemporarilyUnavailable => Event::Failed {
                requester,
                denial,
                error: std::error::Error::source(error),
            },
            _ => Event::Denied { requester, denial },
        });
    }
}

impl<'a> Requester<'a> {
    pub(super) fn of(client: &'a AuthenticatedClient) -> Self {
        Self {
            client: Some(client.id()),
            grant_type: None,
            address: client.address(),
        }
    }

    pub(super) fn with_grant_type(self, grant_type: &'a str) -> Self {
        Self {
            grant_type: Some(grant_type),
            ..self
        }
    }
}
