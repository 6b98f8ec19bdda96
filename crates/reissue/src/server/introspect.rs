//! Introspection (RFC 7662): whether a token is active.

use std::time::Duration;

use super::hook::{Introspecting, IntrospectionDecision};
use super::record::decode;
use super::{Server, ServerError, TokenStatus};
use crate::client::{AuthenticatedClient, Client, IntrospectionAccess};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::event::Requester;
use crate::grant::{Confirmation, Grant, Scope};
use crate::secret::PresentedToken;
use crate::store::Sid;
use crate::token::TokenType;
use crate::token::refresh::Opened;

/// The result of an introspection (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Introspection {
    /// The token is active.
    Active(Box<ActiveToken>),
    /// The token is not active, or the client may not introspect it.
    Inactive,
}

/// The claims of an active token.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ActiveToken {
    /// The subject who authorised it.
    pub subject: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// What it may be used for.
    pub scope: Scope,
    /// Where it may be used.
    pub audience: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires; `None` for a session without end.
    pub expires_at: Option<Timestamp>,
    /// The id of an access token.
    pub id: Option<String>,
    /// The session.
    pub sid: Option<Sid>,
    /// How an access token is presented; `None` for a refresh token.
    pub token_type: Option<TokenType>,
    /// The key that it is bound to.
    pub confirmation: Option<Confirmation>,
}

impl Server {
    /// Returns whether a token is active. Only its own client can introspect it, and clients that
    /// [may introspect](crate::client::Client::introspection_access) the tokens of others.
    ///
    /// It is inactive once it expired, was revoked or superseded, or its session ended; if its
    /// client is disabled or not registered any more; and if the [introspection
    /// hook](super::ServerBuilder::with_introspection_hook) decides so. Introspecting a superseded
    /// refresh token never counts as reuse. A token whose key is not among those of this server is
    /// reported as [`Event::UnknownKey`](crate::event::Event::UnknownKey).
    ///
    /// # Errors
    ///
    /// `invalid_client` for a client that has presented [only its
    /// id](AuthenticatedClient::is_proved): RFC 7662 §2.1 requires authorization, and the id of a
    /// public client is no secret. `temporarily_unavailable` if the store, the registry of clients
    /// or the hook fails.
    ///
    /// # Cancel safety
    ///
    /// Introspection changes nothing.
    pub async fn introspect(
        &self,
        client: &AuthenticatedClient,
        token: impl Into<PresentedToken>,
    ) -> Result<Introspection, ServerError> {
        let introspected = self.try_introspect(client, &token.into()).await;
        self.reported(Requester::of(client), introspected)
    }

    /// Does the same without a report of a denial.
    pub(crate) async fn try_introspect(
        &self,
        client: &AuthenticatedClient,
        token: &PresentedToken,
    ) -> Result<Introspection, ServerError> {
        // Before the token is read, so that not even the time reveals anything to a caller that has
        // not authenticated.
        if !client.is_proved() {
            return Err(Denial::ClientUnproved.into());
        }
        let token = token.expose();
        let found = match self.shared.refresh_tokens.open(token, self.now()) {
            Ok(opened) => self.introspect_refresh_token(opened).await?,
            Err(unopened) => match self.read_access_token(token, Duration::ZERO) {
                Ok(Some(token)) => self.introspect_access_token(token).await?,
                Ok(None) => None,
                Err(error) => {
                    self.report_unknown_key(client, unopened, error);
                    None
                }
            },
        };
        let for_client = |token: &ActiveToken| match client.introspection_access() {
            IntrospectionAccess::AllTokens => true,
            IntrospectionAccess::OwnTokens => token.client_id == client.id(),
        };
        Ok(match found.filter(for_client) {
            Some(token) if self.is_welcome(client, &token).await? => {
                Introspection::Active(Box::new(token))
            }
            _ => Introspection::Inactive,
        })
    }

    /// Returns whether the client of a token is enabled and the application's hook leaves the token
    /// active.
    async fn is_welcome(&self, asking: &Client, token: &ActiveToken) -> Result<bool, ServerError> {
        let is_enabled = if token.client_id == asking.id() {
            asking.is_enabled()
        } else {
            let found = self.clients().find(&token.client_id).await;
            let found =
                found.map_err(|error| ServerError::caused(Denial::ClientsUnavailable, error))?;
            found.is_some_and(|client| client.is_enabled())
        };
        let Some(hook) = self
            .shared
            .introspection_hook
            .as_ref()
            .filter(|_| is_enabled)
        else {
            return Ok(is_enabled);
        };
        let introspecting = Introspecting {
            client: asking,
            subject: &token.subject,
            client_id: &token.client_id,
            scope: &token.scope,
            sid: token.sid,
        };
        match hook.on_introspection(&introspecting).await {
            Ok(IntrospectionDecision::Active) => Ok(true),
            Ok(IntrospectionDecision::Inactive) => Ok(false),
            Err(error) => Err(ServerError::caused(Denial::HookFailed, error)),
        }
    }

    async fn introspect_refresh_token(
        &self,
        token: Opened,
    ) -> Result<Option<ActiveToken>, ServerError> {
        // Only the store knows the idle deadline, which depends on the policy at the last refresh.
        if token.expires_at.is_some_and(|end| end <= self.now()) {
            return Ok(None);
        }
        let sid = token.secret.sid();
        let Some(record) = self.record(&token.grant.subject, sid).await? else {
            return Ok(None);
        };
        if record.generation != token.generation {
            return Ok(None);
        }
        let (client_id, grant) = decode(&record, &token.grant.subject)?;
        Ok(Some(ActiveToken {
            client_id,
            audience: self.audience_of(&grant),
            scope: grant.scope,
            issuer: self.shared.issuer.clone(),
            issued_at: token.issued_at,
            expires_at: record.deadline,
            id: None,
            sid: Some(sid),
            token_type: None,
            confirmation: grant.confirmation,
            subject: grant.subject,
        }))
    }

    async fn introspect_access_token(
        &self,
        token: ActiveToken,
    ) -> Result<Option<ActiveToken>, ServerError> {
        let revocation = token.id.as_deref().and_then(|id| self.revocation_id(id));
        let status = self.token_status(&token.subject, token.sid, revocation);
        Ok(match status.await? {
            TokenStatus::Active => Some(token),
            TokenStatus::Revoked | TokenStatus::SessionEnded => None,
        })
    }

    fn audience_of(&self, grant: &Grant) -> Vec<String> {
        if grant.resources.is_empty() {
            return vec![self.shared.audience.clone()];
        }
        grant.resources.iter().map(ToString::to_string).collect()
    }
}
