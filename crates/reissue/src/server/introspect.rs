//! Introspection (RFC 7662): is this token good right now?

use std::time::Duration;

use super::{Server, TokenStatus, TokenType};
use crate::client::AuthenticatedClient;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::grant::{Confirmation, Grant};
use crate::scope::Scope;
use crate::store::{Record, Sid, StoreError, StoreErrorKind};
use crate::token::refresh::{Opened, from_details};

/// What a server says of a token (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Introspection {
    /// It is good.
    Active(Box<ActiveToken>),
    /// It is not, or it is none of the asking client's business.
    Inactive,
}

/// What a good token says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ActiveToken {
    /// Whose it is.
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
    /// When it ends; `None` for a session without end.
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
    /// Says whether a token is good, to its own client or to one that [may introspect](crate::client::Client::introspects) others'.
    ///
    /// A superseded refresh token is not good, and asking about it is never reuse.
    ///
    /// # Errors
    ///
    /// `temporarily_unavailable` if the store fails: neither yes nor no.
    ///
    /// # Cancel safety
    ///
    /// Nothing is ever changed.
    pub async fn introspect(
        &self,
        client: &AuthenticatedClient,
        token: &str,
    ) -> Result<Introspection, Denial> {
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
        Ok(found
            .filter(|active| client.introspects() || active.client_id == client.id())
            .map_or(Introspection::Inactive, |active| {
                Introspection::Active(Box::new(active))
            }))
    }

    async fn introspect_refresh_token(&self, token: Opened) -> Result<Option<ActiveToken>, Denial> {
        // The idle lifetime is the store's to tell: which policy was in force is the client's own affair.
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
        let details = from_details(&record.details, &token.grant.subject);
        let (client_id, grant) =
            details.ok_or_else(|| self.store_failed(&StoreError::new(StoreErrorKind::Corrupt)))?;
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
    ) -> Result<Option<ActiveToken>, Denial> {
        let revocation = token.id.as_deref().and_then(|id| self.revocation_id(id));
        let status = self.token_status(&token.subject, token.sid, revocation);
        Ok(match status.await? {
            TokenStatus::Active => Some(token),
            TokenStatus::Revoked | TokenStatus::SessionEnded => None,
        })
    }

    pub(super) async fn record(&self, subject: &str, sid: Sid) -> Result<Option<Record>, Denial> {
        self.shared
            .store
            .load(self.subject_key(subject), sid)
            .await
            .map_err(|error| self.store_failed(&error))
    }

    fn audience_of(&self, grant: &Grant) -> Vec<String> {
        if grant.resources.is_empty() {
            return vec![self.shared.audience.clone()];
        }
        grant.resources.iter().map(ToString::to_string).collect()
    }
}
