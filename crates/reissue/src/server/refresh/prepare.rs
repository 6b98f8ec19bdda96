//! What comes before the store is asked: everything that can be refused is refused, everything of
//! the answer is made.

use std::borrow::Cow;

use super::RefreshAttempt;
use crate::denial::Denial;
use crate::event::Event;
use crate::grant::{Grant, Scope};
use crate::policy::{KeepAnswer, Rotation};
use crate::secret::{RefreshToken, random};
use crate::server::Tokens;
use crate::server::hook::{Allowance, Decision, Refreshing};
use crate::server::mint::Minting;
use crate::store::{Attempt, Record, Revision, StoreError, StoreErrorKind};
use crate::token::refresh::{Contents, from_details};

/// The grant that is in force, and everything of the answer that follows from it.
pub(super) struct Prepared<'a> {
    pub(super) grant: Cow<'a, Grant>,
    pub(super) revision: Revision,
    /// Names the advance that makes the answer good.
    pub(super) attempt: Attempt,
    /// The generation of the refresh token that is answered.
    pub(super) generation: u64,
    pub(super) tokens: Tokens,
}

impl<'a> RefreshAttempt<'a> {
    /// The generation that the session is to have afterwards.
    pub(super) fn target(&self) -> u64 {
        match self.policy.rotation() {
            Rotation::Keep(_) => self.token.generation,
            Rotation::Converge | Rotation::Rotate => self.token.generation.saturating_add(1),
        }
    }

    /// Everything that can be refused is refused here, and everything of the answer is made here.
    pub(super) async fn prepare(
        &self,
        grant: Cow<'a, Grant>,
        revision: Revision,
    ) -> Result<Prepared<'a>, Denial> {
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
        let (id, attempt) = split(random().map_err(|error| self.server.mint_failed(&error))?);
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

    /// The same with the grant of the record, which somebody has changed since the token was
    /// sealed.
    pub(super) async fn prepare_again(&self, record: &Record) -> Result<Prepared<'a>, Denial> {
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

    /// Scope (RFC 6749 §6), resource (RFC 8707 §2.2) and key (RFC 8705 §4, RFC 9449 §5) against the
    /// grant, and against what the client may have by now.
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
    pub(super) fn refresh_token(
        &self,
        grant: &Grant,
        revision: Revision,
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
        sealed
            .map(Some)
            .map_err(|error| self.server.seal_failed(&error))
    }
}

fn split(random: [u8; 24]) -> ([u8; 16], Attempt) {
    let (mut id, mut attempt) = ([0; 16], [0; 8]);
    id.copy_from_slice(&random[..16]);
    attempt.copy_from_slice(&random[16..]);
    (id, Attempt::from_bytes(attempt))
}
