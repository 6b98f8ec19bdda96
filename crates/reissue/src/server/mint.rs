//! Access tokens, for logins and refreshes alike.

use std::error::Error;
use std::time::Duration;

use super::{Server, ServerError};
use crate::client::Client;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::grant::{Claims, Grant, Resource, ResponseParameters, Scope};
use crate::policy::Policy;
use crate::secret::{AccessToken, RefreshToken, random};
use crate::store::Sid;
use crate::token::TokenType;
use crate::token::access::{AccessClaims, AudienceClaim};
use crate::token::format::IssueError;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Tokens for a client: the successful response (RFC 6749 §5.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token, for APIs.
    pub access_token: AccessToken,
    /// How the access token is presented.
    pub token_type: TokenType,
    /// How long the access token is valid.
    pub expires_in: Duration,
    /// The scope of the access token.
    pub scope: Scope,
    /// The refresh token; `None` if the client gets none, or keeps the one that it has.
    pub refresh_token: Option<RefreshToken>,
    /// The session, if there is one.
    pub sid: Option<Sid>,
    /// The parameters that the application adds to the response.
    pub parameters: ResponseParameters,
}

/// The input for an access token.
#[derive(Clone, Copy)]
pub(super) struct MintRequest<'a> {
    pub(super) client: &'a Client,
    pub(super) policy: &'a Policy,
    pub(super) grant: &'a Grant,
    pub(super) scope: &'a Scope,
    pub(super) resource: Option<&'a Resource>,
    /// The claims of the grant with those that were added.
    pub(super) claims: &'a Claims,
    pub(super) sid: Option<Sid>,
    /// Random bytes for its `jti`.
    pub(super) id: [u8; 16],
    /// When the session ends: no access token outlives it.
    pub(super) session_ends: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Server {
    /// Mints an access token, and everything else of the response but the refresh token and the
    /// application's parameters.
    pub(super) fn mint(&self, request: MintRequest<'_>) -> Result<Tokens, ServerError> {
        let MintRequest { grant, now, .. } = request;
        let lifetime = lifetime(request.policy)?;
        let ends = match request.session_ends {
            Some(session_ends) => session_ends.min(now + lifetime),
            None => now + lifetime,
        };
        // Whole seconds, both rounded down like the times in the token, so that `expires_in`
        // matches its `exp`.
        let expires_in = Duration::from_secs(ends.as_secs().saturating_sub(now.as_secs()));
        let shared = &self.shared;
        let claims = AccessClaims {
            issuer: &shared.issuer,
            audience: match request.resource {
                Some(resource) => AudienceClaim::One(resource.as_str()),
                None if grant.resources.is_empty() => AudienceClaim::One(&shared.audience),
                None => AudienceClaim::Many(&grant.resources),
            },
            client_id: request.client.id(),
            grant,
            scope: request.scope.as_str(),
            sid: request.sid,
            id: &BASE64_URL_SAFE_NO_PAD.encode(request.id),
            issued_at: now,
            expires_at: ends,
            extra: request.claims,
            times: shared.access_tokens.times(),
        };
        let mut payload = Vec::with_capacity(TYPICAL_CLAIMS);
        serde_json::to_writer(&mut payload, &claims).map_err(mint_failed)?;
        let token = shared
            .access_tokens
            .issue(&payload, now)
            .map_err(mint_failed)?;
        Ok(Tokens {
            access_token: AccessToken::new(token),
            token_type: TokenType::of(grant.confirmation.as_ref()),
            expires_in,
            scope: request.scope.clone(),
            refresh_token: None,
            sid: request.sid,
            parameters: ResponseParameters::default(),
        })
    }
}

/// Returns the lifetime of one access token: that of the policy, less a random part of the jitter.
fn lifetime(policy: &Policy) -> Result<Duration, ServerError> {
    let jitter = policy.access_jitter();
    if jitter.is_zero() {
        return Ok(policy.access_ttl());
    }
    let part = random().map_err(mint_failed)?;
    Ok(shortened(policy.access_ttl(), jitter, part))
}

/// Returns the denial for a refresh token that could not be issued. If it would be too long, the
/// cause is the grant; anything else is temporary, and the client keeps the token that it has.
pub(super) fn seal_failed(error: IssueError) -> ServerError {
    match error {
        IssueError::TooLong => Denial::GrantUnissuable.into(),
        other => mint_failed(other),
    }
}

pub(super) fn mint_failed(error: impl Error + Send + Sync + 'static) -> ServerError {
    ServerError::caused(Denial::MintFailed, error)
}

/// Returns the lifetime, less this part of the jitter.
fn shortened(lifetime: Duration, jitter: Duration, part: [u8; 4]) -> Duration {
    let part = f64::from(u32::from_le_bytes(part)) / f64::from(u32::MAX);
    lifetime.saturating_sub(jitter.mul_f64(part))
}

/// Room for the claims of a typical access token.
const TYPICAL_CLAIMS: usize = 512;
