//! From a presented token to what it says, or why it is refused. Pure.

use std::time::Duration;

use super::credentials::Presented;
use super::refusal::Refusal;
use super::token::VerifiedToken;
use crate::clock::Timestamp;
use crate::grant::{Confirmation, Scope};
use crate::server::TokenType;
use crate::token::envelope::Open;
use crate::token::read::ReadClaims;

/// What a token must be to be good here.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) scope: Scope,
    pub(super) leeway: Duration,
}

impl Rules {
    /// Checks everything about a token that needs no store (RFC 9068 §4).
    pub(super) fn verify(
        &self,
        keys: &dyn Open,
        presented: &Presented<'_>,
        proved: Option<&Confirmation>,
        now: Timestamp,
    ) -> Result<VerifiedToken, Refusal> {
        let payload = keys.open(presented.token, now).map_err(Refusal::Unopened)?;
        let claims = ReadClaims::parse(&payload).ok_or(Refusal::ClaimsMalformed)?;
        if claims.iss != self.issuer {
            return Err(Refusal::IssuerMismatch);
        }
        if !claims.aud.contains(&self.audience) {
            return Err(Refusal::AudienceMismatch);
        }
        if now >= claims.exp + self.leeway {
            return Err(Refusal::Expired);
        }
        if claims.nbf.is_some_and(|begin| now + self.leeway < begin) {
            return Err(Refusal::NotYetValid);
        }
        let malformed = Refusal::ClaimsMalformed;
        let confirmation = match claims.cnf {
            Some(bound) => Some(bound.into_confirmation().ok_or(malformed)?),
            None => None,
        };
        check_possession(confirmation.as_ref(), presented.scheme, proved)?;
        let scope: Scope = claims.scope.parse().map_err(|_| malformed)?;
        if !scope.contains_all(&self.scope) {
            return Err(Refusal::ScopeInsufficient);
        }
        let sid = claims.sid.map(str::parse).transpose();
        Ok(VerifiedToken {
            subject: claims.sub,
            client_id: claims.client_id,
            scope,
            audience: claims.aud,
            id: claims.jti,
            sid: sid.map_err(|_| malformed)?,
            issued_at: claims.iat,
            expires_at: claims.exp,
            confirmation,
            auth_time: claims.auth_time.map(Timestamp::from_secs),
            acr: claims.acr,
            payload: payload.into(),
        })
    }
}

/// A token that is bound to a DPoP key comes under the scheme `DPoP`, and no other does (RFC 9449 §7.1, §7.2); whatever it
/// is bound to, a layer outside must have seen the proof.
fn check_possession(
    bound: Option<&Confirmation>,
    scheme: TokenType,
    proved: Option<&Confirmation>,
) -> Result<(), Refusal> {
    let is_proved = bound.is_none() || bound == proved;
    if is_proved && scheme == TokenType::of(bound) {
        Ok(())
    } else {
        Err(Refusal::KeyMismatch)
    }
}
