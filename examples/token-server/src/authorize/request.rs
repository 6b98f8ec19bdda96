//! Parsing and checking an authorization request.

use reissue::{Parameters, Scope};
use serde::{Deserialize, Serialize};

use super::pkce::Challenge;
use super::redirect::Redirect;
use super::registry::{Registered, Registry};

/// A valid request (RFC 6749 §4.1.1, RFC 7636 §4.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct AuthorizationRequest {
    pub(super) asked: Asked,
    pub(super) state: Option<String>,
}

/// What the client asks for, which a code then stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) client_id: String,
    pub(super) redirect: Redirect,
    /// As [`Scope`] writes it.
    pub(super) scope: String,
    pub(super) challenge: Challenge,
}

/// The reason why a request does not get the login page.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// The client or its redirect URI cannot be trusted: a page is shown, and no redirect is sent
    /// (RFC 6749 §4.1.2.1).
    Page(&'static str),
    /// The error is sent to the client by a redirect.
    Redirect {
        to: Redirect,
        state: Option<String>,
        error: AuthorizationError,
    },
}

/// An error for the client (RFC 6749 §4.1.2.1, RFC 8707 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AuthorizationError {
    pub(super) code: &'static str,
    pub(super) description: &'static str,
}

impl AuthorizationRequest {
    pub(super) fn read(query: &str, clients: &Registry) -> Result<Self, Refusal> {
        let parameters = Parameters::parse(query.as_bytes())
            .map_err(|_| Refusal::Page("A parameter of the request is repeated or malformed."))?;
        let client_id = parameters
            .get("client_id")
            .ok_or(Refusal::Page("The request does not say who sent you."))?;
        let client = clients.find(client_id).ok_or(Refusal::Page(
            "The application that sent you is not registered for logins here.",
        ))?;
        let redirect = parameters
            .get("redirect_uri")
            .and_then(|requested| client.redirect(requested))
            .ok_or(Refusal::Page(
                "The application asked to send you to an address that is not registered.",
            ))?;
        let state = parameters.get("state").map(str::to_owned);
        match judge(&parameters, client) {
            Ok((scope, challenge)) => Ok(Self {
                asked: Asked {
                    client_id: client_id.to_owned(),
                    redirect,
                    scope: scope.as_str().to_owned(),
                    challenge,
                },
                state,
            }),
            Err(error) => Err(Refusal::Redirect {
                to: redirect,
                state,
                error,
            }),
        }
    }
}

fn judge(
    parameters: &Parameters,
    client: &Registered,
) -> Result<(Scope, Challenge), AuthorizationError> {
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(UNSUPPORTED_RESPONSE_TYPE),
        None => return Err(invalid_request("response_type is missing.")),
    }
    if !matches!(parameters.get("response_mode"), None | Some("query")) {
        return Err(invalid_request("response_mode must be query."));
    }
    let challenge = parameters
        .get("code_challenge")
        .ok_or(invalid_request("code_challenge is missing."))?;
    if parameters.get("code_challenge_method") != Some("S256") {
        // Without a method it is `plain` (RFC 7636 §4.3).
        return Err(invalid_request("code_challenge_method must be S256."));
    }
    let challenge = Challenge::parse(challenge)
        .ok_or(invalid_request("code_challenge is not a SHA-256 digest."))?;
    if parameters.get("resource").is_some() {
        return Err(INVALID_TARGET);
    }
    let scope = match parameters.get("scope") {
        None => client.scope.clone(),
        Some(asked) => asked
            .parse()
            .ok()
            .filter(|asked| client.scope.contains_all(asked))
            .ok_or(INVALID_SCOPE)?,
    };
    Ok((scope, challenge))
}

const fn invalid_request(description: &'static str) -> AuthorizationError {
    AuthorizationError {
        code: "invalid_request",
        description,
    }
}

/// The request does not fit into a form.
pub(super) const TOO_LARGE: AuthorizationError = invalid_request("The request is too large.");

/// There is no randomness for a form or a code.
pub(super) const UNAVAILABLE: AuthorizationError = AuthorizationError {
    code: "temporarily_unavailable",
    description: "The server cannot respond now. Try again.",
};

const INVALID_SCOPE: AuthorizationError = AuthorizationError {
    code: "invalid_scope",
    description: "The scope is malformed or is not the client's to ask for.",
};

const INVALID_TARGET: AuthorizationError = AuthorizationError {
    code: "invalid_target",
    description: "This server knows no resources.",
};

const UNSUPPORTED_RESPONSE_TYPE: AuthorizationError = AuthorizationError {
    code: "unsupported_response_type",
    description: "response_type must be code.",
};

#[cfg(test)]
mod tests;
