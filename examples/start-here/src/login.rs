//! The login page and the codes that it issues: the authorization code grant with PKCE.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::client::SecretHash;
use reissue::guessing::{ClientAddress, GuessLimit, GuessLimiter, Outcome};
use reissue::store::OneTimeId;
use reissue::{ClientSecret, Clock as _, Denial, Grant, SystemClock};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};

use crate::codes::Codes;
use crate::users::Users;

/// The id of the client.
pub(crate) const CLIENT: &str = "app";
/// The redirect URI of the client. Compared character by character.
const REDIRECT_URI: &str = "http://127.0.0.1:3000/callback";

/// The login of the service. Clones share its state.
#[derive(Clone)]
pub(crate) struct Login(Arc<Shared>);

struct Shared {
    issuer: String,
    users: Users,
    guesses: GuessLimiter,
    codes: Codes,
}

impl Login {
    pub(crate) fn new(issuer: &str, users: Users) -> Self {
        Self(Arc::new(Shared {
            issuer: issuer.to_owned(),
            users,
            guesses: GuessLimiter::new(Some(GuessLimit {
                guesses: 10,
                every: Duration::from_secs(60),
            })),
            codes: Codes::default(),
        }))
    }
}

// ANCHOR: page
/// Shows the login page for an authorization request (RFC 6749 §4.1.1).
pub(crate) async fn page(RawQuery(query): RawQuery) -> Response {
    match AuthorizationRequest::parse(query.as_deref()) {
        // Without an `action`, the form is sent to the URL of the page, query included.
        Some(_) => Html(PAGE).into_response(),
        // No redirect, because the URI may be an attacker's.
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Checks the password, and sends the user back to the application with a code.
pub(crate) async fn submit(
    State(Login(login)): State<Login>,
    Extension(address): Extension<ClientAddress>,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    let Some(request) = AuthorizationRequest::parse(query.as_deref()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let form: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).collect();
    let (Some(name), Some(password)) = (form.get("name"), form.get("password")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // A guess is counted before it is checked, so that concurrent guesses count too.
    let network: IpAddr = address.network();
    let keys = [login.guesses.key((&**name, network), 1)];
    let Ok(guess) = login.guesses.take(keys, SystemClock.now()) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let password = ClientSecret::new(&**password);
    match login.users.authenticate(name, password).await {
        Outcome::Right => login.guesses.give_back(guess),
        Outcome::Wrong => return (StatusCode::UNAUTHORIZED, Html(PAGE)).into_response(),
        _ => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
    let code = login.codes.issue(name, request.challenge);
    let location = format!("{REDIRECT_URI}?");
    let query = location.len();
    let mut location = form_urlencoded::Serializer::for_suffix(location, query);
    location
        .append_pair("code", &code)
        .append_pair("iss", &login.issuer);
    if let Some(state) = &request.state {
        location.append_pair("state", state);
    }
    (StatusCode::SEE_OTHER, [(LOCATION, location.finish())]).into_response()
}
// ANCHOR_END: page

// ANCHOR: redeem
/// Redeems a code (RFC 6749 §4.1.3). The layer has authenticated the client, and turns the grant
/// into tokens.
pub(crate) async fn redeem(
    State(Login(login)): State<Login>,
    TokenClient(client): TokenClient,
    TokenParameters(form): TokenParameters,
) -> Result<Granted, Denied> {
    let code = form.require("code")?;
    let verifier = ClientSecret::new(form.require("code_verifier")?);
    let agreed = login.codes.look_up(code, &verifier);
    let agreed = agreed.ok_or(Denial::GrantRejected)?;
    if form.require("redirect_uri")? != REDIRECT_URI {
        return Err(Denied(Denial::GrantRejected));
    }
    // A code that is redeemed twice ends the session of the first time (RFC 6749 §4.1.2).
    let id = OneTimeId::derive(&login.issuer, "code", code.as_bytes());
    let scope = client.scope().cloned().unwrap_or_default();
    let grant = Grant::new(agreed.user)
        .with_auth_time(agreed.at)
        .with_scope(scope);
    Ok(Granted(grant.with_single_use_id(id)))
}
// ANCHOR_END: redeem

/// An authorization request of the client.
struct AuthorizationRequest {
    state: Option<String>,
    challenge: SecretHash,
}

impl AuthorizationRequest {
    /// Parses the request; `None` unless it is for a code with PKCE and from the client.
    fn parse(query: Option<&str>) -> Option<Self> {
        let pairs = form_urlencoded::parse(query?.as_bytes());
        let parameters: HashMap<_, _> = pairs.into_owned().collect();
        let required = [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT_URI),
            ("code_challenge_method", "S256"),
        ];
        let is_ours = |(name, value)| parameters.get(name).is_some_and(|given| given == value);
        if !required.into_iter().all(is_ours) {
            return None;
        }
        let challenge = BASE64_URL_SAFE_NO_PAD
            .decode(parameters.get("code_challenge")?)
            .ok()?;
        Some(Self {
            state: parameters.get("state").cloned(),
            challenge: SecretHash::from_sha256(challenge.try_into().ok()?),
        })
    }
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>Log in</title>
<form method="post">
<p><label>Name <input name="name" autocomplete="username" required autofocus></label>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required>
</label>
<p><button>Log in</button>
</form>
"#;
