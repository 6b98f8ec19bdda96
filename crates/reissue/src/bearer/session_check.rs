//! The session check: whether tokens are still active, by the store or a cache.

use super::cache::Cache;
use super::denial::BearerDenial;
use super::session_cache::SessionCache;
use super::token::VerifiedToken;
use crate::clock::Timestamp;
use crate::event::Requester;
use crate::guessing::ClientAddress;
use crate::server::{Server, TokenStatus};
use crate::store::{OneTimeId, Sid};

/// Checks whether tokens are revoked and whether their sessions are active.
pub(super) struct SessionCheck {
    server: Server,
    cache: Option<Cache<Key, TokenStatus>>,
}

/// What is looked up for a token, and the key of the cached result.
///
/// Not the session alone: otherwise a revoked token would pass if another token of its session was
/// found active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    sid: Option<Sid>,
    revocation: Option<OneTimeId>,
}

impl SessionCheck {
    pub(super) fn new(server: Server, cache: Option<SessionCache>) -> Self {
        Self {
            server,
            cache: cache.map(|limits| Cache::new(limits.max_age, limits.max_tokens)),
        }
    }

    /// Returns what to look up; `None` for a token that has no session and cannot be revoked.
    pub(super) fn key(&self, token: &VerifiedToken) -> Option<Key> {
        let key = Key {
            sid: token.sid,
            revocation: self.server.revocation_id(&token.id),
        };
        (key.sid.is_some() || key.revocation.is_some()).then_some(key)
    }

    /// Returns the cached result for a token.
    pub(super) fn cached(&self, key: Key, now: Timestamp) -> Option<Result<(), BearerDenial>> {
        self.cache.as_ref()?.get(key, now).map(verdict)
    }

    /// Looks a token up in the store, and caches the result from `now` on. A failure of the store
    /// is reported as an event of the server, with the cause.
    pub(super) async fn look_up(
        &self,
        token: &VerifiedToken,
        address: Option<ClientAddress>,
        key: Key,
        now: Timestamp,
    ) -> Result<(), BearerDenial> {
        let status = self
            .server
            .token_status(&token.subject, key.sid, key.revocation)
            .await
            .map_err(|error| {
                let requester = Requester {
                    client: Some(&token.client_id),
                    grant_type: None,
                    address,
                };
                self.server.report(requester, &error);
                BearerDenial::StoreUnavailable
            })?;
        if let Some(cache) = &self.cache {
            cache.put(key, status, now);
        }
        verdict(status)
    }
}

fn verdict(status: TokenStatus) -> Result<(), BearerDenial> {
    match status {
        TokenStatus::Active => Ok(()),
        TokenStatus::Revoked => Err(BearerDenial::TokenRevoked),
        TokenStatus::SessionEnded => Err(BearerDenial::SessionMissing),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_active_token_proves_nothing_about_another_of_its_session() {
        let cache = Cache::new(Duration::from_secs(1), 20);
        let now = Timestamp::from_secs(1_800_000_000);
        let key = |session, token| Key {
            sid: Some(Sid::from_bytes([session; 16])),
            revocation: Some(OneTimeId::from_bytes([token; 32])),
        };
        cache.put(key(1, 1), TokenStatus::Active, now);
        assert_eq!(cache.get(key(1, 2), now), None);
        cache.put(key(1, 2), TokenStatus::Revoked, now);
        assert_eq!(cache.get(key(1, 1), now), Some(TokenStatus::Active));
        assert_eq!(cache.get(key(2, 1), now), None);
    }
}
