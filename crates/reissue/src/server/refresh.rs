//! The refresh: validate everything, prepare everything, commit last.
//!
//! After the store has said that a generation advanced, nothing can fail and nothing is awaited. Dropping the future at
//! any point leaves the session before or after the rotation, never between; and grace covers "after".

use std::borrow::Cow;

use super::mint::Minting;
use super::{Server, Tokens};
use crate::client::{AuthenticatedClient, Client};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::event::{Event, SessionRef};
use crate::grant::Grant;
use crate::hook::{Allowance, Decision, Refreshing};
use crate::judge::{Presented, Verdict, judge};
use crate::policy::{KeepAnswer, OnReuse, Policy, Rotation};
use crate::request::RefreshRequest;
use crate::scope::Scope;
use crate::secret::{RefreshToken, random};
use crate::store::{
    Advance, Advanced, Attempt, Record, Revoke, Sid, StoreError, StoreErrorKind, SubjectKey,
};
use crate::token::refresh::{Contents, Opened, Unopened, from_details};

impl Server {
    /// Answers a refresh token with an access token and, if it rotates, with its successor (RFC 6749 §6).
    ///
    /// # Errors
    ///
    /// `invalid_grant` for every refresh token that is not good, for whatever reason; `invalid_scope` and
    /// `invalid_target` for more than was granted; `temporarily_unavailable` if the store or the host's hook fails. Only
    /// reuse changes anything: it revokes the session. All other refused tokens are as good as before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the session before or after the rotation. The client holds the predecessor then, which
    /// grace answers.
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
        let token = self.open(client, &request.token)?;
        let sid = token.secret.sid();
        if token.client_id != client.id() {
            self.emit(&Event::ClientMismatch {
                client: client.id(),
                owner: &token.client_id,
                sid,
            });
            return Err(Denial::TokenForeign);
        }
        let policy = self.policy_for(client, &token.grant);
        if is_expired(&token, &policy, now) {
            return Err(Denial::TokenExpired);
        }
        let refresh = Refresh {
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
        refresh.run().await
    }

    /// Opens a refresh token without looking at the store.
    fn open(&self, client: &Client, token: &RefreshToken) -> Result<Opened, Denial> {
        self.shared
            .refresh_tokens
            .open(token.expose(), self.now())
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
struct Refresh<'a> {
    server: &'a Server,
    client: &'a Client,
    request: &'a RefreshRequest,
    policy: &'a Policy,
    session: SessionRef<'a>,
    subject: SubjectKey,
    token: &'a Opened,
    now: Timestamp,
}

/// The grant that is in force, and everything of the answer that follows from it.
struct Prepared<'a> {
    grant: Cow<'a, Grant>,
    revision: u64,
    /// Names the advance that makes the answer good.
    attempt: Attempt,
    /// The generation of the refresh token that is answered.
    generation: u64,
    tokens: Tokens,
}

/// What the store says to a generation that is to become the current one.
enum Committed {
    Conflict(Record),
    Done,
}

impl<'a> Refresh<'a> {
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
            let verdict = judge(presented, &record, self.policy);
            if matches!(verdict, Verdict::Refused | Verdict::Late) {
                return Err(self.refuse(verdict, record.generation));
            }
            if verdict == Verdict::Reuse {
                self.reused(&record).await?;
            }
            // Whatever is answered from here on follows the record's grant, a retry included.
            if record.revision != prepared.revision {
                prepared = self.prepare_again(&record).await?;
            }
            match verdict {
                Verdict::Ahead | Verdict::Changed | Verdict::Current => from = record.generation,
                _ => return self.answer_again(prepared, record.generation),
            }
        }
        Err(Denial::Contention)
    }

    /// The generation that the session is to have afterwards.
    fn target(&self) -> u64 {
        match self.policy.rotation() {
            Rotation::Keep(_) => self.token.generation,
            Rotation::Converge | Rotation::Rotate => self.token.generation.saturating_add(1),
        }
    }

    /// Everything that can be refused is refused here, and everything of the answer is made here.
    async fn prepare(&self, grant: Cow<'a, Grant>, revision: u64) -> Result<Prepared<'a>, Denial> {
        let asked = self.check(&grant)?;
        let allowance = self.ask_host(&grant, &asked).await?;
        let scope = match &allowance.scope {
            Some(narrowed) if asked.contains_all(narrowed) => narrowed,
            Some(_) => return Err(Denial::HookOverreached),
            None => &asked,
        };
        let claims = if allowance.claims.is_empty() {
            Cow::Borrowed(&grant.claims)
        } else {
            Cow::Owned(grant.claims.merged(&allowance.claims))
        };
        // One call for all that has to be random: the generator costs more than the bytes.
        let (id, attempt) = split(random());
        let generation = self.target();
        let refresh_token = self.refresh_token(&grant, revision, generation)?;
        let tokens = self.server.mint(Minting {
            client: self.client,
            policy: self.policy,
            grant: &grant,
            scope,
            resource: self.request.resource.as_ref(),
            claims: &claims,
            sid: Some(self.session.sid),
            id,
            session_ends: self.token.expires_at,
            now: self.now,
        })?;
        Ok(Prepared {
            grant,
            revision,
            attempt,
            generation,
            tokens: Tokens {
                refresh_token,
                parameters: allowance.parameters,
                ..tokens
            },
        })
    }

    /// The same with the grant of the record, which somebody has changed since the token was sealed.
    async fn prepare_again(&self, record: &Record) -> Result<Prepared<'a>, Denial> {
        let (client_id, grant) =
            from_details(&record.details, self.session.subject).ok_or_else(|| {
                self.server
                    .store_failed(&StoreError::new(StoreErrorKind::Corrupt))
            })?;
        if client_id != self.client.id() {
            return Err(Denial::TokenForeign);
        }
        self.prepare(Cow::Owned(grant), record.revision).await
    }

    /// Scope (RFC 6749 §6), resource (RFC 8707 §2.2) and key (RFC 8705 §4, RFC 9449 §5) against the grant, and against what
    /// the client may have by now.
    fn check<'g>(&'g self, grant: &'g Grant) -> Result<Cow<'g, Scope>, Denial> {
        if self.client.is_sender_constrained() && grant.confirmation.is_none() {
            return Err(Denial::KeyMismatch);
        }
        if grant.confirmation.is_some() && grant.confirmation != self.request.confirmation {
            return Err(Denial::KeyMismatch);
        }
        if let Some(resource) = &self.request.resource
            && !grant.resources.contains(resource)
        {
            return Err(Denial::ResourceNotGranted);
        }
        let granted = match self.client.scope() {
            Some(most) if !most.contains_all(&grant.scope) => {
                Cow::Owned(grant.scope.intersection(most))
            }
            _ => Cow::Borrowed(&grant.scope),
        };
        match &self.request.scope {
            Some(scope) if granted.contains_all(scope) => Ok(Cow::Borrowed(scope)),
            Some(_) => Err(Denial::ScopeNotGranted),
            None => Ok(granted),
        }
    }

    async fn ask_host(&self, grant: &Grant, scope: &Scope) -> Result<Allowance, Denial> {
        let Some(hook) = &self.server.shared.hook else {
            return Ok(Allowance::default());
        };
        let refreshing = Refreshing {
            sid: self.session.sid,
            client: self.client,
            grant,
            scope,
        };
        match hook.on_refresh(&refreshing).await {
            Ok(Decision::Allow(allowance)) => Ok(allowance),
            Ok(Decision::Deny) => Err(Denial::HookDenied),
            Ok(Decision::DenyAndRevoke) => {
                self.revoke().await?;
                Err(Denial::HookDenied)
            }
            Err(error) => {
                let denial = Denial::HookFailed;
                self.server.emit(&Event::Failed {
                    denial,
                    error: &error,
                });
                Err(denial)
            }
        }
    }

    /// The refresh token to answer for a generation; `None` if the client goes on with its own.
    fn refresh_token(
        &self,
        grant: &Grant,
        revision: u64,
        generation: u64,
    ) -> Result<Option<RefreshToken>, Denial> {
        if let Rotation::Keep(answer) = self.policy.rotation()
            && generation == self.token.generation
        {
            return Ok(match answer {
                KeepAnswer::None => None,
                KeepAnswer::Same => Some(self.request.token.clone()),
            });
        }
        let sealed = self.server.shared.refresh_tokens.seal(Contents {
            secret: &self.token.secret,
            generation,
            revision,
            issued_at: self.now,
            expires_at: self.token.expires_at,
            client_id: self.client.id(),
            grant,
        });
        sealed.map(Some).ok_or(Denial::GrantUnissuable)
    }

    /// The one trip to the store: moves the session from one generation to another, or makes sure that it stays.
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

    /// The current generation once more: nothing is stored, no deadline moves.
    fn answer_again(&self, prepared: Prepared<'_>, generation: u64) -> Result<Tokens, Denial> {
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

    fn refuse(&self, verdict: Verdict, current: u64) -> Denial {
        let session = self.session;
        let presented = self.token.generation;
        if verdict == Verdict::Refused {
            self.server.emit(&Event::StoreRollback {
                session,
                presented,
                current,
            });
            return Denial::RolledBack;
        }
        self.server.emit(&Event::Late {
            session,
            presented,
            current,
        });
        Denial::TokenLate
    }

    /// Reuse (RFC 9700 §4.14.2): the session goes, and with it every token of it; or, on trial, only the alarm.
    async fn reused(&self, record: &Record) -> Result<(), Denial> {
        let revoked = self.policy.on_reuse() == OnReuse::Revoke;
        if revoked {
            self.revoke().await?;
        }
        self.server.emit(&Event::Reused {
            session: self.session,
            presented: self.token.generation,
            current: record.generation,
            revoked,
        });
        if revoked {
            return Err(Denial::TokenReused);
        }
        Ok(())
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

fn split(random: [u8; 24]) -> ([u8; 16], Attempt) {
    let (mut id, mut attempt) = ([0; 16], [0; 8]);
    id.copy_from_slice(&random[..16]);
    attempt.copy_from_slice(&random[16..]);
    (id, Attempt::from_bytes(attempt))
}

/// How often a refresh starts over because the session changed meanwhile.
const MAX_ROUNDS: usize = 4;
