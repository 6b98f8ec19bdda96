//! From a decision to an HTTP response. Pure.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED,
    PRAGMA, RETRY_AFTER, TRAILER, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use http::response::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::{Serialize, Serializer};

use super::AnswerBody;
use crate::clock::Timestamp;
use crate::denial::{Denial, ErrorCode};
use crate::grant::{Confirmation, ResponseParameters};
use crate::secret::RefreshToken;
use crate::server::{ActiveToken, Introspection, TokenType, Tokens};
use crate::token::access::ConfirmationWire;
use crate::token::payload::to_json;

impl Denial {
    /// The status of the response.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooManyGuesses { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => match self.code() {
                ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
                ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_REQUEST,
            },
        }
    }

    /// The response that refuses (RFC 6749 §5.2), as the layer and the endpoints write it.
    ///
    /// `realm` is that of `WWW-Authenticate`, usually [`Server::realm`](crate::Server::realm): printable ASCII without
    /// quote and backslash (RFC 7617 §2).
    ///
    /// The reason for operators is in the extensions of the response.
    ///
    /// ```
    /// use reissue::Denial;
    ///
    /// let response = Denial::GrantRejected.to_response("https://id.example");
    /// assert_eq!(response.status(), 400);
    /// assert_eq!(response.extensions().get(), Some(&Denial::GrantRejected));
    /// ```
    #[must_use]
    pub fn to_response(self, realm: &str) -> Response<AnswerBody> {
        #[derive(Serialize)]
        struct Body {
            error: &'static str,
            error_description: &'static str,
        }

        let mut response = answer(&Body {
            error: self.code().as_str(),
            error_description: self.description(),
        });
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        if self == Self::MethodNotAllowed {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        match (self, self.code()) {
            // RFC 6585 §4. No challenge: the same credentials may be right later.
            (Self::TooManyGuesses { retry_after }, _) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(retry_after.as_secs()));
            }
            (_, ErrorCode::InvalidClient) => {
                if let Ok(challenge) = HeaderValue::try_from(format!("Basic realm=\"{realm}\"")) {
                    headers.insert(WWW_AUTHENTICATE, challenge);
                }
            }
            (_, ErrorCode::TemporarilyUnavailable) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// Tokens (RFC 6749 §5.1), and then what the host adds.
pub(crate) fn granted(tokens: &Tokens) -> Response<AnswerBody> {
    #[derive(Serialize)]
    struct Body<'a> {
        access_token: &'a str,
        token_type: &'static str,
        expires_in: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_token: Option<&'a str>,
        #[serde(skip_serializing_if = "str::is_empty")]
        scope: &'a str,
        #[serde(flatten)]
        parameters: Members<'a>,
    }

    let access_token = tokens.access_token.expose();
    let refresh_token = tokens.refresh_token.as_ref().map(RefreshToken::expose);
    let capacity = access_token.len() + refresh_token.map_or(0, str::len) + BESIDE_THE_TOKENS;
    let body = Body {
        access_token,
        token_type: tokens.token_type.as_str(),
        expires_in: tokens.expires_in.as_secs(),
        refresh_token,
        scope: tokens.scope.as_str(),
        parameters: Members(&tokens.parameters),
    };
    answer_with_capacity(&body, capacity)
}

/// The same in place of the body that the inner service answered beside its grant; its other headers stay.
pub(crate) fn granted_in_place_of(mut parts: Parts, tokens: &Tokens) -> Response<AnswerBody> {
    let (ours, body) = granted(tokens).into_parts();
    for described_the_old_body in [
        CONTENT_ENCODING,
        CONTENT_LENGTH,
        ETAG,
        LAST_MODIFIED,
        TRAILER,
        TRANSFER_ENCODING,
    ] {
        parts.headers.remove(described_the_old_body);
    }
    for (name, value) in &ours.headers {
        parts.headers.insert(name, value.clone());
    }
    Response::from_parts(parts, body)
}

/// A revocation that was carried out (RFC 7009 §2.2).
pub(crate) fn revoked() -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::new(Vec::new()));
    forbid_caching(response.headers_mut());
    response
}

/// An introspection (RFC 7662 §2.2).
pub(crate) fn introspected(introspection: &Introspection) -> Response<AnswerBody> {
    match introspection {
        Introspection::Active(token) => answer(&ActiveBody::from(&**token)),
        Introspection::Inactive => answer(&serde_json::json!({ "active": false })),
    }
}

#[derive(Serialize)]
struct ActiveBody<'a> {
    active: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    client_id: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    iss: &'a str,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<ConfirmationWire>,
}

impl<'a> From<&'a ActiveToken> for ActiveBody<'a> {
    fn from(token: &'a ActiveToken) -> Self {
        Self {
            active: true,
            scope: token.scope.as_str(),
            client_id: &token.client_id,
            sub: &token.subject,
            aud: match token.audience.as_slice() {
                [one] => Audience::One(one),
                many => Audience::Many(many),
            },
            iss: &token.issuer,
            iat: token.issued_at.as_secs(),
            exp: token.expires_at.map(Timestamp::as_secs),
            jti: token.id.as_deref(),
            sid: token.sid.map(|sid| sid.to_string()),
            token_type: token.token_type.map(TokenType::as_str),
            cnf: token
                .confirmation
                .as_ref()
                .map(<ConfirmationWire as From<&Confirmation>>::from),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    Many(&'a [String]),
    One(&'a str),
}

/// Parameters as members of the object around them.
struct Members<'a>(&'a ResponseParameters);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.0.iter();
        serializer.collect_map(members.map(|(name, value)| (name, to_json(value))))
    }
}

pub(crate) fn answer(body: &impl Serialize) -> Response<AnswerBody> {
    answer_with_capacity(body, SHORT_BODY)
}

fn answer_with_capacity(body: &impl Serialize, capacity: usize) -> Response<AnswerBody> {
    let mut json = Vec::with_capacity(capacity);
    // Strings, numbers and options of them: nothing that JSON cannot say.
    let (status, body) = match serde_json::to_writer(&mut json, body) {
        Ok(()) => (StatusCode::OK, json),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
    };
    let mut response = Response::new(AnswerBody::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    forbid_caching(headers);
    response
}

fn forbid_caching(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
}

/// Room for a body without tokens, such as a refusal.
const SHORT_BODY: usize = 128;

/// Room for what a typical response says besides its tokens.
const BESIDE_THE_TOKENS: usize = 192;
