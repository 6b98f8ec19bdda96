//! The refresh: validates everything, prepares everything, commits last.
//!
//! After the store has advanced the generation, nothing can fail and nothing is awaited. Dropping
//! the future at any point leaves the session before or after the rotation, never between. If it is
//! after, the client's previous token still works within its grace period.

mod alarm;
mod prepare;

use std::borrow::Cow;

use self::prepare::Prepared;
use super::error::Detail;
use super::judge::{PresentedGeneration, Verdict, judge, newly_shared, shared_generations};
use super::{RefreshRequest, Server, ServerError, Tokens};
use crate::client::AuthenticatedClient;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::event::{Event, Requester, SessionRef};
use crate::grant::GrantType;
use crate::policy::Policy;
use crate::secret::RefreshToken;
use crate::store::{Advance, Advanced, Record, Revoke};
use crate::token::refresh::{NotARefreshToken, Opened};

impl Server {
    /// Returns an access token for a refresh token and, if it rotates, the next refresh token (RFC
    /// 6749 §6).
    ///
    /// # Errors
    ///
    /// `invalid_grant` for every refresh token that is not valid, for whatever reason;
    /// `invalid_scope` and `invalid_target` for more than was granted; `temporarily_unavailable` if
    /// the store or the application's hook fails. The session ends on reuse (unless the policy is
    /// to report only), if the store was rolled back, if the policy ends shared sessions, and if
    /// the hook revokes it. All other denials leave the token as valid as before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the session before or after the rotation. The client still holds
    /// the previous token, which returns the current one within its grace period.
    pub async fn refresh(
        &self,
        client: &AuthenticatedClient,
        request: RefreshRequest,
    ) -> Result<Tokens, ServerError> {
        let requester = Requester::of(client).with_grant_type(GrantType::REFRESH_TOKEN.as_str());
        self.reported(requester, self.try_refresh(client, &request).await)
    }

    /// Does the same without a report of a denial.
    pub(crate) async fn try_refresh(
        &self,
        client: &AuthenticatedClient,
        request: &RefreshRequest,
    ) -> Result<Tokens, ServerError> {
        if !client.may_use(&GrantType::REFRESH_TOKEN) {
            return Err(Denial::GrantTypeNotAllowed.into());
        }
        let now = self.now();
        let token = self.open(&request.token, now)?;
        let sid = token.secret.sid();
        if token.client_id != client.id() {
            let owner = token.client_id;
            return Err(ServerError::detailed(
                Denial::TokenForeign,
                Detail::Foreign { owner, sid },
            ));
        }
        let policy = self.policy_for(client, &token.grant);
        if is_expired(&token, &policy, now) {
            return Err(Denial::TokenExpired.into());
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
                address: client.address(),
            },
            token: &token,
            now,
        };
        attempt.run().await
    }

    /// Decrypts and checks a refresh token without reading the store.
    fn open(&self, token: &RefreshToken, now: Timestamp) -> Result<Opened, Denial> {
        let opened = self.shared.refresh_tokens.open(token.expose(), now);
        opened.map_err(|unopened| match unopened {
            NotARefreshToken::Malformed => Denial::TokenMalformed,
            NotARefreshToken::UnknownKey => Denial::TokenKeyUnknown,
        })
    }
}

/// One refresh with one decrypted token.
struct RefreshAttempt<'a> {
    server: &'a Server,
    client: &'a AuthenticatedClient,
    request: &'a RefreshRequest,
    policy: &'a Policy,
    session: SessionRef<'a>,
    token: &'a Opened,
    now: Timestamp,
}

/// The result of an advance.
enum Committed {
    Conflict(Record),
    Done,
}

impl RefreshAttempt<'_> {
    async fn run(&self) -> Result<Tokens, ServerError> {
        let presented = PresentedGeneration {
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
            // Every verdict by name, without `_`, so that a new one cannot fall into one of these
            // arms.
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
        Err(Denial::Contention.into())
    }

    /// Moves the session to the next generation in the store. If it is to stay at its generation,
    /// checks that it is unchanged.
    async fn commit(
        &self,
        from: u64,
        to: u64,
        prepared: &Prepared<'_>,
    ) -> Result<Committed, ServerError> {
        let revision = prepared.revision;
        let SessionRef { subject, sid, .. } = self.session;
        if from == to {
            let record = self.server.record(subject, sid).await?;
            let record = record.ok_or(Denial::SessionMissing)?;
            return Ok(if record.generation == to && record.revision == revision {
                Committed::Done
            } else {
                Committed::Conflict(record)
            });
        }
        let advance = Advance {
            subject: self.server.subject_key(subject),
            sid,
            from,
            to,
            revision,
            attempt: prepared.attempt,
            history: self.policy.grace(),
            idle: self.policy.idle_ttl().limit(),
        };
        match self.server.shared.store.advance(advance).await? {
            Advanced::Conflict(record) => Ok(Committed::Conflict(record)),
            Advanced::Done => Ok(Committed::Done),
            Advanced::Missing => Err(Denial::SessionMissing.into()),
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
    ) -> Result<Prepared<'a>, ServerError> {
        if record.revision == prepared.revision {
            return Ok(prepared);
        }
        self.prepare_again(record).await
    }

    /// Responds with the current generation again. Nothing is stored, and no deadline moves.
    async fn respond_again(
        &self,
        prepared: Prepared<'_>,
        record: &Record,
    ) -> Result<Tokens, ServerError> {
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

    fn superseded(&self, record: &Record) -> ServerError {
        let SessionRef { subject, sid, .. } = self.session;
        ServerError::detailed(
            Denial::TokenSuperseded,
            Detail::Superseded {
                subject: subject.to_owned(),
                sid,
                presented: self.token.generation,
                current: record.generation,
            },
        )
    }

    /// Ends the session.
    async fn end_session(&self) -> Result<(), ServerError> {
        let SessionRef { subject, sid, .. } = self.session;
        let ended = self.server.end_sessions(subject, Revoke::One(sid)).await;
        ended.map(drop)
    }
}

/// Returns whether a token is past its absolute expiry or was idle for too long, so that the store
/// need not be read.
fn is_expired(token: &Opened, policy: &Policy, now: Timestamp) -> bool {
    let idle_ends = policy.idle_ttl().limit().map(|ttl| token.issued_at + ttl);
    [token.expires_at, idle_ends]
        .into_iter()
        .flatten()
        .any(|end| end <= now)
}

/// How often a refresh starts over because the session changed meanwhile.
const MAX_ROUNDS: usize = 4;
