//! The grants besides `refresh_token`: what a handler behind the layer is for.

use std::time::Duration;

use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use reissue::client::Client;
use reissue::guessing::ClientAddress;
use reissue::{ClientSecret, Clock as _, Denial, Grant, Parameters, Scope, SystemClock};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};

use crate::authorize::Codes;
use crate::logins::{LoginError, Logins};

/// The grant types that [`answer`] answers.
pub(crate) const TYPES: [&str; 3] = ["authorization_code", "client_credentials", "password"];

/// What it takes to answer them.
#[derive(Clone, Debug)]
pub(crate) struct Grants {
    pub(crate) logins: Logins,
    pub(crate) codes: Codes,
}

/// Answers what the user, or the client itself, authorised.
pub(crate) async fn answer(
    State(grants): State<Grants>,
    address: Option<Extension<ClientAddress>>,
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
) -> Result<Granted, Refused> {
    let address = address.map(|Extension(address)| address);
    let grant = decide(&grants, &client, &parameters, address).await?;
    Ok(Granted(grant))
}

/// Why nothing is granted.
pub(crate) enum Refused {
    Denied(Denial),
    /// Passwords were guessed too often.
    TooMany {
        wait: Duration,
    },
}

impl From<Denial> for Refused {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let wait = match self {
            Self::Denied(denial) => return Denied(denial).into_response(),
            Self::TooMany { wait } => wait,
        };
        // RFC 6749 §5.2 has no code of its own for it: the status says that it may be right later (RFC 6585 §4).
        let mut response = Denied(Denial::GrantRejected).into_response();
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response
            .headers_mut()
            .insert(RETRY_AFTER, retry_after(wait));
        response
    }
}

/// Whole seconds, and not too few.
pub(crate) fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + 1)
}

async fn decide(
    grants: &Grants,
    client: &Client,
    parameters: &Parameters,
    address: Option<ClientAddress>,
) -> Result<Grant, Refused> {
    let grant = match required(parameters, "grant_type")? {
        "authorization_code" => by_code(&grants.codes, client, parameters)?,
        "client_credentials" => by_client(client)?.with_scope(scope(client, parameters)?),
        "password" => {
            let grant = by_password(&grants.logins, parameters, address).await?;
            grant.with_scope(scope(client, parameters)?)
        }
        _ => return Err(Denial::GrantTypeUnsupported.into()),
    };
    if parameters.get("resource").is_some() {
        // This server knows no resources to grant (RFC 8707 §2).
        return Err(Denial::ResourceNotGranted.into());
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
async fn by_password(
    logins: &Logins,
    parameters: &Parameters,
    address: Option<ClientAddress>,
) -> Result<Grant, Refused> {
    let username = required(parameters, "username")?;
    let password = ClientSecret::new(required(parameters, "password")?);
    let checked = logins.check(username, password, address).await;
    checked.map_err(|error| match error {
        LoginError::Busy => Denial::SecretsBusy.into(),
        LoginError::TooMany { wait } => Refused::TooMany { wait },
        LoginError::Wrong => Denial::GrantRejected.into(),
    })?;
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
