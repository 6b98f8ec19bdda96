//! What goes over the wire, as a transcript: one line for each request that matters.

use std::mem;

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use reissue::Parameters;
use reissue_tests::TestResponse;

use crate::token_server::process::TOKEN;

/// The record of a gateway.
///
/// Refresh tokens stand there by number, in the order in which the server gave them out, so that
/// two clients which do the same have the same transcript.
#[derive(Default)]
pub(super) struct Wire {
    lines: Vec<String>,
    tokens: Vec<String>,
    lose_next: bool,
}

impl Wire {
    pub(super) fn transcript(&self) -> Vec<String> {
        self.lines.clone()
    }

    /// Makes the gateway lose the next response of the token endpoint.
    pub(super) fn lose_next_response(&mut self) {
        self.lose_next = true;
    }

    /// Records a response, and returns whether it gets lost.
    pub(super) fn loses(&mut self, head: &Parts, body: &[u8], response: &TestResponse) -> bool {
        let path = head.uri.path();
        let form = Parameters::parse(body).unwrap_or_default();
        let by = authentication(head, &form);
        let line = match path {
            TOKEN => format!("{} by {by}: {}", self.grant(&form), self.answered(response)),
            "/oauth2/revoke" => {
                let token = self.number(form.get("token"));
                format!("revoke {token} by {by}: {}", response.summary())
            }
            "/oauth2/introspect" => {
                let token = self.number(form.get("token"));
                format!("introspect {token} by {by}: {}", response.json["active"])
            }
            "/whoami" => format!("whoami: {}", challenged(response)),
            // Pages and documents: how often they are fetched is the client's affair.
            _ => return false,
        };
        let lost = path == TOKEN && mem::take(&mut self.lose_next);
        self.lines
            .push(if lost { format!("{line}, lost") } else { line });
        lost
    }

    /// Describes a request to the token endpoint.
    fn grant(&self, form: &Parameters) -> String {
        let grant_type = form.get("grant_type").unwrap_or("nothing");
        let scope = form.get("scope").map(|scope| format!(" for {scope}"));
        let scope = scope.unwrap_or_default();
        match form.get("refresh_token") {
            Some(token) => format!("{grant_type} {}{scope}", self.number(Some(token))),
            None => format!("{grant_type}{scope}"),
        }
    }

    /// Describes a response of the token endpoint.
    fn answered(&mut self, response: &TestResponse) -> String {
        match response.json["refresh_token"].as_str() {
            Some(token) => {
                self.tokens.push(token.to_owned());
                format!("{}, {}", response.summary(), self.tokens.len())
            }
            None => response.summary(),
        }
    }

    fn number(&self, token: Option<&str>) -> String {
        let known = token.and_then(|token| self.tokens.iter().position(|known| known == token));
        known.map_or_else(|| "?".to_owned(), |index| (index + 1).to_string())
    }
}

/// How the client authenticates.
fn authentication(head: &Parts, form: &Parameters) -> &'static str {
    if head.headers.contains_key(AUTHORIZATION) {
        "client_secret_basic"
    } else if form.get("client_secret").is_some() {
        "client_secret_post"
    } else {
        "none"
    }
}

/// The status, and the `error` of the challenge if there is one.
fn challenged(response: &TestResponse) -> String {
    let status = response.status.as_u16();
    let challenge = response.headers.get(WWW_AUTHENTICATE);
    let error = challenge
        .and_then(|challenge| challenge.to_str().ok()?.split_once("error=\""))
        .and_then(|(_, rest)| rest.split('"').next());
    match error {
        Some(error) => format!("{status} {error}"),
        None => status.to_string(),
    }
}
