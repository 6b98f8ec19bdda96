//! Access tokens that are presented to this server: their claims, and whether they are active.

use std::time::Duration;

use super::join::join;
use super::{ActiveToken, Server, ServerError};
use crate::store::{OneTimeId, Sid};
use crate::token::TokenType;
use crate::token::format::VerifyError;
use crate::token::read::ReadClaims;

/// Whether an access token that has not expired is active (RFC 7662 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenStatus {
    Active,
    /// The token itself was revoked (RFC 7009 §2).
    Revoked,
    /// Its session was revoked or has expired.
    SessionEnded,
}

impl Server {
    /// Reads an access token of this server; `None` once it expired `leeway` ago, or if its claims
    /// are not those of an access token of this issuer.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if it verifies with no key of this server.
    pub(super) fn read_access_token(
        &self,
        token: &str,
        leeway: Duration,
    ) -> Result<Option<ActiveToken>, VerifyError> {
        let now = self.now();
        let payload = self.shared.access_tokens.verify(token, now)?;
        Ok(ReadClaims::parse(&payload)
            .filter(|claims| claims.iss == self.shared.issuer && now < claims.exp + leeway)
            .and_then(described))
    }

    /// Returns the single-use id that is consumed while the access token `jti` is revoked; `None`
    /// if this server [does not revoke access
    /// tokens](super::ServerBuilder::with_access_token_revocation).
    pub(crate) fn revocation_id(&self, jti: &str) -> Option<OneTimeId> {
        self.shared
            .access_token_revocation
            .remembers_tokens()
            .then(|| self.one_time_id(PURPOSE, jti.as_bytes()))
    }

    /// Returns whether an access token is active, by its session and its revocation id, if it has
    /// them. Without both it is active, and the store is not read.
    pub(crate) async fn token_status(
        &self,
        subject: &str,
        sid: Option<Sid>,
        revocation: Option<OneTimeId>,
    ) -> Result<TokenStatus, ServerError> {
        let session_lives = async {
            match sid {
                Some(sid) => self.record(subject, sid).await.map(|found| found.is_some()),
                None => Ok(true),
            }
        };
        let is_revoked = async {
            match revocation {
                Some(id) => self.shared.store.is_consumed(id).await,
                None => Ok(false),
            }
        };
        let (session_lives, is_revoked) = join(session_lives, is_revoked).await;
        Ok(match (session_lives?, is_revoked?) {
            (false, _) => TokenStatus::SessionEnded,
            (true, true) => TokenStatus::Revoked,
            (true, false) => TokenStatus::Active,
        })
    }
}

/// Returns the token that the claims describe; `None` if this code has not written them.
fn described(claims: ReadClaims<'_>) -> Option<ActiveToken> {
    let confirmation = match claims.cnf {
        Some(bound) => Some(bound.into_confirmation()?),
        None => None,
    };
    Some(ActiveToken {
        subject: claims.sub,
        client_id: claims.client_id,
        scope: claims.scope.parse().ok()?,
        audience: claims.aud,
        issuer: claims.iss.into_owned(),
        issued_at: claims.iat,
        expires_at: Some(claims.exp),
        id: Some(claims.jti),
        sid: claims.sid.map(str::parse).transpose().ok()?,
        token_type: Some(TokenType::of(confirmation.as_ref())),
        confirmation,
    })
}

/// The purpose of the single-use ids of revoked access tokens. Purposes that begin with `reissue`
/// are reserved.
const PURPOSE: &str = "reissue access token";
