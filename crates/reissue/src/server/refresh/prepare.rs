//! The steps before the store is written: all checks, and all parts of the response.

use std::borrow::Cow;

use super::attempt::RefreshAttempt;
use crate::denial::Denial;
use crate::grant::{Grant, Scope};
use crate::policy::{KeepResponse, Rotation};
use crate::secret::{RefreshToken, random};
use crate::server::error::Detail;
use crate::server::hook::{Decision, RefreshOverrides, Refreshing};
use crate::server::mint::{MintRequest, mint_failed, seal_failed};
use crate::server::record::decode;
use crate::server::{ServerError, Tokens};
use crate::store::{Attempt, Record, Revision};
use crate::token::refresh::Contents;

/// The grant in force, and the parts of the response that are made from it.
pub(super) struct Prepared<'a> {
    pub(super) grant: Cow<'a, Grant>,
    pub(super) revision: Revision,
    /// The attempt whose advance makes the tokens valid.
    pub(super) attempt: Attempt,
    /// The generation of the refresh token in `tokens`.
    pub(super) generation: u64,
    pub(super) tokens: Tokens,
}

impl<'a> RefreshAttempt<'a> {
    /// Returns the generation that the session has after the advance.
    pub(super) fn target(&self) -> u64 {
        match self.policy.rotation() {
            Rotation::Keep(_) => self.token.generation,
            Rotation::Converge | Rotation::Rotate => self.token.generation.saturating_add(1),
        }
    }

    /// Runs all checks, and makes all parts of the response.
    pub(super) async fn prepare(
        &self,
        grant: Cow<'a, Grant>,
        revision: Revision,
    ) -> Result<Prepared<'a>, ServerError> {
        let asked = self.check(&grant)?;
        let overrides = self.ask_hook(&grant, &asked).await?;
        let scope = match &overrides.scope {
            Some(narrowed) if asked.contains_all(narrowed) => narrowed,
            Some(_) => return Err(Denial::HookOverreached.into()),
            None => &asked,
        };
        let claims = if overrides.claims.is_empty() {
            Cow::Borrowed(&grant.claims)
        } else {
            Cow::Owned(grant.claims.merged(&overrides.claims))
        };
        // One call for all random bytes: a call costs more than the bytes.
        let (id, attempt) = split(random().map_err(mint_failed)?);
        let generation = self.target();
        let refresh_token = self.refresh_token(&grant, revision, generation)?;
        let tokens = self.server.mint(MintRequest {
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
                parameters: overrides.parameters,
                ..tokens
            },
        })
    }

    /// Does the same with the grant of the record, which was changed after the token was issued.
    pub(super) async fn prepare_again(&self, record: &Record) -> Result<Prepared<'a>, ServerError> {
        let (client_id, grant) = decode(record, self.session.subject)?;
        if client_id != self.client.id() {
            let (owner, sid) = (client_id, self.session.sid);
            let detail = Detail::Foreign { owner, sid };
            return Err(ServerError::detailed(Denial::TokenForeign, detail));
        }
        self.prepare(Cow::Owned(grant), record.revision).await
    }

    /// Checks scope (RFC 6749 §6), resource (RFC 8707 §2.2) and key (RFC 8705 §4, RFC 9449 §5)
    /// against the grant and the client's current registration.
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

    async fn ask_hook(
        &self,
        grant: &Grant,
        scope: &Scope,
    ) -> Result<RefreshOverrides, ServerError> {
        let Some(hook) = &self.server.shared.hook else {
            return Ok(RefreshOverrides::default());
        };
        let refreshing = Refreshing {
            sid: self.session.sid,
            client: self.client,
            grant,
            scope,
        };
        match hook.on_refresh(&refreshing).await {
            Ok(Decision::Allow(overrides)) => Ok(overrides),
            Ok(Decision::Deny) => Err(Denial::HookDenied.into()),
            Ok(Decision::DenyAndRevoke) => {
                self.end_session().await?;
                Err(Denial::HookDenied.into())
            }
            Err(error) => Err(ServerError::caused(Denial::HookFailed, error)),
        }
    }

    /// Returns the refresh token of a generation for the response; `None` if the client keeps the
    /// one that it has.
    pub(super) fn refresh_token(
        &self,
        grant: &Grant,
        revision: Revision,
        generation: u64,
    ) -> Result<Option<RefreshToken>, ServerError> {
        if let Rotation::Keep(kept) = self.policy.rotation()
            && generation == self.token.generation
        {
            return Ok(match kept {
                KeepResponse::Omit => None,
                KeepResponse::Repeat => Some(self.request.token.clone()),
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
        sealed.map(Some).map_err(seal_failed)
    }
}

fn split(random: [u8; 24]) -> ([u8; 16], Attempt) {
    let (mut id, mut attempt) = ([0; 16], [0; 8]);
    id.copy_from_slice(&random[..16]);
    attempt.copy_from_slice(&random[16..]);
    (id, Attempt::from_bytes(attempt))
}
