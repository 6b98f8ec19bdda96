//! The rules for an access token. Pure functions.

use std::sync::Arc;
use std::time::Duration;

use super::credentials::TokenCredentials;
use super::denial::BearerDenial;
use super::reporter::Reporter;
use super::request::AccessRequest;
use super::token::{Payload, VerifiedToken};
use crate::clock::Timestamp;
use crate::grant::{Confirmation, Scope};
use crate::sid::Sid;
use crate::token::TokenType;
use crate::token::format::AccessTokenVerifier;
use crate::token::read::ReadClaims;

/// What a token must match to be valid here.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) scope: Scope,
    pub(super) leeway: Duration,
}

/// Why a token is denied, and what is known about it.
pub(super) struct Failure {
    pub(super) denial: BearerDenial,
    /// The missing scope, if that is the reason.
    pub(super) scope: Scope,
    /// Only for authentic tokens of the issuer.
    pub(super) client_id: Option<String>,
    pub(super) sid: Option<Sid>,
}

impl From<BearerDenial> for Failure {
    fn from(denial: BearerDenial) -> Self {
        Self {
            denial,
            scope: Scope::empty(),
            client_id: None,
            sid: None,
        }
    }
}

impl Rules {
    pub(super) fn new(issuer: String, audience: String) -> Self {
        Self {
            issuer,
            audience,
            scope: Scope::empty(),
            leeway: Duration::ZERO,
        }
    }

    /// Runs all checks of a token that need no store (RFC 9068 §4).
    pub(super) fn verify(
        &self,
        keys: &dyn AccessTokenVerifier,
        credentials: &TokenCredentials<'_>,
        request: &AccessRequest<'_>,
        now: Timestamp,
        reporter: &Arc<Reporter>,
    ) -> Result<VerifiedToken, Failure> {
        let opened = keys.verify(credentials.token, now);
        let payload = opened.map_err(BearerDenial::Unverified)?;
        let mut claims = ReadClaims::parse(&payload).ok_or(BearerDenial::ClaimsMalformed)?;
        if claims.iss != self.issuer {
            return Err(BearerDenial::IssuerMismatch.into());
        }
        let sid = claims.sid.map(str::parse).transpose();
        let sid = sid.map_err(|_| BearerDenial::ClaimsMalformed)?;
        match self.check(&mut claims, credentials.scheme, request, now) {
            Ok((scope, confirmation)) => Ok(VerifiedToken {
                subject: claims.sub,
                client_id: claims.client_id,
                scope,
                audience: claims.aud,
                id: claims.jti,
                sid,
                issued_at: claims.iat,
                expires_at: claims.exp,
                confirmation,
                auth_time: claims.auth_time.map(Timestamp::from_secs),
                acr: claims.acr,
                payload: Arc::new(Payload::new(payload)),
                reporter: reporter.clone(),
            }),
            Err(failure) => Err(Failure {
                client_id: Some(claims.client_id),
                sid,
                ..failure
            }),
        }
    }

    /// Checks the claims of an authentic token of the issuer.
    fn check(
        &self,
        claims: &mut ReadClaims<'_>,
        scheme: Option<TokenType>,
        request: &AccessRequest<'_>,
        now: Timestamp,
    ) -> Result<(Scope, Option<Confirmation>), Failure> {
        if !claims.aud.contains(&self.audience) {
            return Err(BearerDenial::AudienceMismatch.into());
        }
        if now >= claims.exp + self.leeway {
            return Err(BearerDenial::Expired.into());
        }
        if claims.nbf.is_some_and(|begin| now + self.leeway < begin) {
            return Err(BearerDenial::NotYetValid.into());
        }
        let malformed = BearerDenial::ClaimsMalformed;
        let confirmation = match claims.cnf.take() {
            Some(bound) => Some(bound.into_confirmation().ok_or(malformed)?),
            None => None,
        };
        check_possession(confirmation.as_ref(), scheme, request.confirmation)?;
        let scope: Scope = claims.scope.parse().map_err(|_| malformed)?;
        for required in [Some(&self.scope), request.scope].into_iter().flatten() {
            if !scope.contains_all(required) {
                return Err(Failure {
                    scope: required.clone(),
                    ..BearerDenial::ScopeInsufficient.into()
                });
            }
        }
        Ok((scope, confirmation))
    }
}

/// Checks that a token bound to a DPoP key, and no other, has the scheme `DPoP` (RFC 9449 §7.1,
/// §7.2), and that the proof of its key was verified before.
fn check_possession(
    bound: Option<&Confirmation>,
    scheme: Option<TokenType>,
    proved: Option<&Confirmation>,
) -> Result<(), BearerDenial> {
    let is_proved = bound.is_none() || bound == proved;
    if is_proved && scheme.is_none_or(|scheme| scheme == TokenType::of(bound)) {
        Ok(())
    } else {
        Err(BearerDenial::KeyMismatch)
    }
}
