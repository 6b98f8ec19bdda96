//! The grant types beside `refresh_token`, which the handler behind the layer serves.

use std::time::Duration;

use axum::extract::{Extension, State};
use http::header::HeaderValue;
use reissue::client::Client;
use reissue::guessing::ClientAddress;
use reissue::{ClientSecret, Clock as _, Denial, Grant, GrantType, Parameters, Scope, SystemClock};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};

use crate::authorize::Codes;
use crate::logins::{LoginError, Logins};

/// The grant types that [`grant`] serves.
pub(crate) const TYPES: [GrantType; 3] = [
    GrantType::AUTHORIZATION_CODE,
    GrantType::CLIENT_CREDENTIALS,
    GrantType::PASSWORD,
];

/// What the grant types need.
#[derive(Clone, Debug)]
pub(crate) struct Grants {
    pub(crate) logins: Logins,
    pub(crate) codes: Codes,
}

/// Returns what the user, or the client itself, authorised.
pub(crate) async fn grant(
    State(grants): State<Grants>,
    address: Option<Extension<ClientAddress>>,
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
) -> Result<Granted, Denied> {
    let address = address.map(|Extension(address)| address);
    let grant = decide(&grants, &client, &parameters, address).await?;
    Ok(Granted(grant))
}

/// Returns the value of `Retry-After`, in whole seconds and rounded up.
pub(crate) fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + 1)
}

async fn decide(
    grants: &Grants,
    client: &Client,
    parameters: &Parameters,
    address: Option<ClientAddress>,
) -> Result<Grant, Denial> {
    let grant = match parameters.require("grant_type")? {
        "authorization_code" => by_code(&grants.codes, client, parameters)?,
        "client_credentials" => by_client(client)?.with_scope(scope(client, parameters)?),
        "password" => {
            let grant = by_password(&grants.logins, parameters, address).await?;
            grant.with_scope(scope(client, parameters)?)
        }
        _ => return Err(Denial::GrantTypeUnsupported),
    };
    if parameters.get("resource").is_some() {
        // This server knows no resources to grant (RFC 8707 §2).
        return Err(Denial::ResourceNotGranted);
    }
    Ok(grant)
}

/// RFC 6749 §4.1.3. The scope is what was agreed to on the login page.
fn by_code(codes: &Codes, client: &Client, parameters: &Parameters) -> Result<Grant, Denial> {
    codes.redeem(
        parameters.require("code")?,
        client.id(),
        parameters.require("redirect_uri")?,
        parameters.require("code_verifier")?,
        SystemClock.now(),
    )
}

/// RFC 6749 §4.4: for confidential clients only. The subject is the client itself (RFC 9068 §2.2).
fn by_client(client: &Client) -> Result<Grant, Denial> {
    if !client.is_confidential() {
        return Err(Denial::GrantTypeNotAllowed);
    }
    Ok(Grant::new(client.id()))
}

/// RFC 6749 §4.3.
async fn by_password(
    logins: &Logins,
    parameters: &Parameters,
    address: Option<ClientAddress>,
) -> Result<Grant, Denial> {
    let username = parameters.require("username")?;
    let password = ClientSecret::new(parameters.require("password")?);
    let checked = logins.check(username, password, address).await;
    checked.map_err(|error| match error {
        LoginError::Busy => Denial::SecretsBusy,
        LoginError::TooMany { wait } => Denial::TooManyAttempts {
            retry_after: Duration::from_secs(wait.as_secs() + 1),
        },
        LoginError::Wrong => Denial::GrantRejected,
    })?;
    Ok(Grant::new(username).with_auth_time(SystemClock.now()))
}

/// Returns the requested scope, which must be within the client's, or the client's (RFC 6749 §3.3).
fn scope(client: &Client, parameters: &Parameters) -> Result<Scope, Denial> {
    let most = client.scope().cloned().unwrap_or_default();
    let Some(asked) = parameters.get("scope") else {
        return Ok(most);
    };
    let asked: Scope = asked.parse().map_err(|_| Denial::ScopeMalformed)?;
    if most.contains_all(&asked) {
        Ok(asked)
    } else {
        Err(Denial::ScopeNotGranted)
    }
}
