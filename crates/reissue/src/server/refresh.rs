//! The refresh: validates everything, prepares everything, commits last.
//!
//! After the store has advanced the generation, nothing can fail and nothing is awaited. Dropping
//! the future at any point leaves the session before or after the rotation, never between. If it is
//! after, the client's previous token still works within its grace period.

mod alarm;
mod attempt;
mod prepare;
mod rounds;

use self::attempt::RefreshAttempt;
use super::error::Detail;
use super::{RefreshRequest, Server, ServerError, Tokens};
use crate::client::AuthenticatedClient;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::event::{Requester, SessionRef};
use crate::grant::GrantType;
use crate::policy::Policy;
use crate::secret::RefreshToken;
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

/// Returns whether a token is past its absolute expiry or was idle for too long, so that the store
/// need not be read.
fn is_expired(token: &Opened, policy: &Policy, now: Timestamp) -> bool {
    let idle_ends = policy.idle_ttl().limit().map(|ttl| token.issued_at + ttl);
    [token.expires_at, idle_ends]
        .into_iter()
        .flatten()
        .any(|end| end <= now)
}
