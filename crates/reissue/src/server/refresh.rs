//! The refresh: validate everything, prepare everything, commit last.
//!
//! After the store has said that a generation advanced, nothing can fail and nothing is awaited.
//! Dropping the future at any point leaves the session before or after the rotation, never between;
//! and grace covers "after".

mod alarm;
mod prepare;

use std::borrow::Cow;

use self::prepare::Prepared;
use super::{RefreshRequest, Server, Tokens};
use crate::client::{AuthenticatedClient, Client};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::event::{Event, SessionRef};
use crate::policy::Policy;
use crate::secret::RefreshToken;
use crate::server::judge::{Presented, Verdict, judge, newly_shared, shared_generations};
use crate::store::{Advance, Advanced, Record, Revoke, Sid, SubjectKey};
use crate::token::refresh::{Opened, Unopened};

impl Server {
    /// Returns an access token for a refresh token and, if it rotates, the next refresh token (RFC
    /// 6749 §6).
    ///
    /// # Errors
    ///
    /// `invalid_grant` for every refresh token that is not good, for whatever reason;
    /// `invalid_scope` and `invalid_target` for more than was granted; `temporarily_unavailable` if
    /// the store or the application's hook fails. The session ends for reuse, for a store that was
    /// rolled back, and where the policy or the hook says so. All other denied tokens are as good
    /// as before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the session before or after the rotation. The client holds the
    /// previous token then, which returns the current one for as long as its grace lasts.
    pub async fn refresh(
        &self,
        client: &AuthenticatedClient,
        request: RefreshRequest,
    ) -> Result<Tokens, Denial> {
        self.try_refresh(client, &request)
            .await
            .map_err(|denial| self.refused(Some(client), denial))
    }

    async fn try_refresh(
        &self,
        client: &Client,
        request: &RefreshRequest,
    ) -> Result<Tokens, Denial> {
        if !client.may_use("refresh_token") {
            return Err(Denial::GrantTypeNotAllowed);
        }
        let now = self.now();
        let token = self.open(client, &request.token, now)?;
        let sid = token.secret.sid();
        if token.client_id != client.id() {
            self.emit(&Event::ClientMismatch {
                client: client.id(),
                owner: &token.client_id,
                sid: Some(sid),
            });
            return Err(Denial::TokenForeign);
        }
        let policy = self.policy_for(client, &token.grant);
        if is_expired(&token, &policy, now) {
            return Err(Denial::TokenExpired);
        }
        let attempt = RefreshAttempt {
            server: self,
            client,
            request,
            policy: &policy,
            session: SessionRef {
                client: client.id(),
                subject: &token.grant.subject,
                sid,
            },
            subject: self.subject_key(&token.grant.subject),
            token: &token,
            now,
        };
        attempt.run().await
    }

    /// Opens a refresh token without looking at the store.
    fn open(
        &self,
        client: &Client,
        token: &RefreshToken,
        now: Timestamp,
    ) -> Result<Opened, Denial> {
        self.shared
            .refresh_tokens
            .open(token.expose(), now)
            .map_err(|unopened| match unopened {
                Unopened::Malformed => Denial::TokenMalformed,
                Unopened::UnknownKey => {
                    self.emit(&Event::UnknownKey {
                        client: client.id(),
                    });
                    Denial::TokenKeyUnknown
                }
            })
    }
}

/// One refresh of one opened token.
struct RefreshAttempt<'a> {
    server: &'a Server,
    client: &'a Client,
    request: &'a RefreshRequest,
    policy: &'a Policy,
    session: SessionRef<'a>,
    subject: SubjectKey,
    token: &'a Opened,
    now: Timestamp,
}

/// What the store says to a generation that is to become the current one.
enum Committed {
    Conflict(Record),
    Done,
}

impl RefreshAttempt<'_> {
    async fn run(&self) -> Result<Tokens, Denial> {
        let presented = Presented {
            generation: self.token.generation,
            revision: self.token.revision,
        };
        let target = self.target();
        let mut from = presented.generation;
        let mut prepared = self
            .prepare(Cow::Borrowed(&self.token.grant), presented.revision)
            .await?;
        for _ in 0..MAX_ROUNDS {
            let record = match self.commit(from, target, &prepared).await? {
                Committed::Conflict(record) => record,
                Committed::Done => {
                    self.server.emit(&self.advanced(from, target));
                    return Ok(prepared.tokens);
                }
            };
            match judge(presented, &record, self.policy) {
                Verdict::Changed | Verdict::Current | Verdict::StoreBehind => {
                    prepared = self.follow(prepared, &record).await?;
                    from = record.generation;
                }
                Verdict::Converge => return self.respond_again(prepared, &record).await,
                Verdict::Retry => {
                    if let Some(generations) = newly_shared(&record, self.policy) {
                        self.report_shared(generations);
                    }
                    return self.respond_again(prepared, &record).await;
                }
                Verdict::Reuse => {
                    self.reused(&record).await?;
                    return self.respond_again(prepared, &record).await;
                }
                Verdict::RolledBack => return Err(self.rolled_back(&record).await),
                Verdict::Shared => return Err(self.shared(shared_generations(&record)).await),
                Verdict::Superseded => return Err(self.superseded(&record)),
            }
        }
        Err(Denial::Contention)
    }

    /// The one trip to the store: moves the session from one generation to another, or makes sure
    /// that it stays.
    async fn commit(
        &self,
        from: u64,
        to: u64,
        prepared: &Prepared<'_>,
    ) -> Result<Committed, Denial> {
        let revision = prepared.revision;
        let (subject, sid) = (self.subject, self.session.sid);
        let store = &self.server.shared.store;
        if from == to {
            let record = store
                .load(subject, sid)
                .await
                .map_err(|error| self.server.store_failed(&error))?
                .ok_or(Denial::SessionMissing)?;
            return Ok(if record.generation == to && record.revision == revision {
                Committed::Done
            } else {
                Committed::Conflict(record)
            });
        }
        let advance = Advance {
            subject,
            sid,
            from,
            to,
            revision,
            attempt: prepared.attempt,
            history: self.policy.grace(),
            idle: self.policy.idle_ttl().limit(),
        };
        match store.advance(advance).await {
            Ok(Advanced::Conflict(record)) => Ok(Committed::Conflict(record)),
            Ok(Advanced::Done) => Ok(Committed::Done),
            Ok(Advanced::Missing) => Err(Denial::SessionMissing),
            Err(error) => Err(self.server.store_failed(&error)),
        }
    }

    fn advanced(&self, from: u64, to: u64) -> Event<'_> {
        let session = self.session;
        if from < self.token.generation {
            return Event::Healed { session, from, to };
        }
        Event::Refreshed {
            session,
            generation: to,
        }
    }

    /// Prepares again if the record's grant is not the one that was prepared for.
    ///
    /// Every response follows the record's grant, also one to a token that was superseded.
    async fn follow<'a>(
        &'a self,
        prepared: Prepared<'a>,
        record: &Record,
    ) -> Result<Prepared<'a>, Denial> {
        if record.revision == prepared.revision {
            return Ok(prepared);
        }
        self.prepare_again(record).await
    }

    /// Responds with the current generation once more: nothing is stored, no deadline moves.
    async fn respond_again(
        &self,
        prepared: Prepared<'_>,
        record: &Record,
    ) -> Result<Tokens, Denial> {
        let generation = record.generation;
        let prepared = self.follow(prepared, record).await?;
        let mut tokens = prepared.tokens;
        if generation != prepared.generation {
            tokens.refresh_token =
                self.refresh_token(&prepared.grant, prepared.revision, generation)?;
        }
        self.server.emit(&Event::Retried {
            session: self.session,
            generation,
        });
        Ok(tokens)
    }

    fn superseded(&self, record: &Record) -> Denial {
        self.server.emit(&Event::Superseded {
            session: self.session,
            presented: self.token.generation,
            current: record.generation,
        });
        Denial::TokenSuperseded
    }

    async fn revoke(&self) -> Result<(), Denial> {
        let sid: Sid = self.session.sid;
        let count = self
            .server
            .shared
            .store
            .revoke(self.subject, Revoke::One(sid))
            .await
            .map_err(|error| self.server.store_failed(&error))?;
        self.server.emit(&Event::Revoked {
            subject: self.session.subject,
            sid: Some(sid),
            count,
        });
        Ok(())
    }
}

/// Past its absolute expiry, or idle for too long: no need to ask the store.
fn is_expired(token: &Opened, policy: &Policy, now: Timestamp) -> bool {
    let idle_ends = policy.idle_ttl().limit().map(|ttl| token.issued_at + ttl);
    [token.expires_at, idle_ends]
        .into_iter()
        .flatten()
        .any(|end| end <= now)
}

/// How often a refresh starts over because the session changed meanwhile.
const MAX_ROUNDS: usize = 4;
