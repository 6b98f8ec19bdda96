//! The grants besides `refresh_token`: what a handler behind the layer is for.

use axum::extract::State;
use reissue::client::Client;
use reissue::{ClientSecret, Clock as _, Denial, Grant, Parameters, Scope, SystemClock};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};

use crate::authorize::Codes;
use crate::users::Users;

/// The grant types that [`answer`] answers.
pub(crate) const TYPES: [&str; 3] = ["authorization_code", "client_credentials", "password"];

/// What it takes to answer them.
#[derive(Clone, Debug)]
pub(crate) struct Grants {
    pub(crate) users: Users,
    pub(crate) codes: Codes,
}

/// Answers what the user, or the client itself, authorised.
pub(crate) async fn answer(
    State(grants): State<Grants>,
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
) -> Result<Granted, Denied> {
    Ok(Granted(decide(&grants, &client, &parameters).await?))
}

async fn decide(
    grants: &Grants,
    client: &Client,
    parameters: &Parameters,
) -> Result<Grant, Denial> {
    let grant = match required(parameters, "grant_type")? {
        "authorization_code" => by_code(&grants.codes, client, parameters)?,
        "client_credentials" => by_client(client)?.with_scope(scope(client, parameters)?),
        "password" => {
            let grant = by_password(&grants.users, parameters).await?;
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
        required(parameters, "code")?,
        client.id(),
        required(parameters, "redirect_uri")?,
        required(parameters, "code_verifier")?,
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
async fn by_password(users: &Users, parameters: &Parameters) -> Result<Grant, Denial> {
    let username = required(parameters, "username")?;
    let password = ClientSecret::new(required(parameters, "password")?);
    users.authenticate(username, password).await?;
    Ok(Grant::new(username).with_auth_time(SystemClock.now()))
}

/// The scope that was asked for, which must be within the client's; the client's, if none was (RFC 6749 §3.3).
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

fn required<'p>(parameters: &'p Parameters, name: &'static str) -> Result<&'p str, Denial> {
    parameters.get(name).ok_or(Denial::ParameterMissing(name))
}
