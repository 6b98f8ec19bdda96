//! HTTP responses for the results of the engine. Pure functions.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED,
    PRAGMA, RETRY_AFTER, TRAILER, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use http::response::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::{Serialize, Serializer};

use super::EndpointBody;
use crate::clock::Timestamp;
use crate::denial::{Denial, ErrorCode};
use crate::grant::{Confirmation, ResponseParameters};
use crate::json::JsonText;
use crate::secret::RefreshToken;
use crate::server::{ActiveToken, Introspection, Tokens};
use crate::token::TokenType;
use crate::token::confirmation::ConfirmationWire;

impl Denial {
    /// Returns the status of the response to a client.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooManyAttempts { .. } | Self::TooManyGuesses { .. } => {
                StatusCode::TOO_MANY_REQUESTS
            }
            _ => match self.code() {
                ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
                ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_REQUEST,
            },
        }
    }
}

/// Returns the response to a denied request (RFC 6749 §5.2). The reason for operators is in its
/// extensions. `realm` must fit a quoted string (RFC 7617 §2).
pub(super) fn denied(denial: Denial, realm: &str) -> Response<EndpointBody> {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'static str,
        error_description: &'a str,
    }

    let mut response = json(&Body {
        error: denial.code().as_str(),
        error_description: &denial.description(),
    });
    *response.status_mut() = denial.status();
    response.extensions_mut().insert(denial);
    let headers = response.headers_mut();
    if denial == Denial::MethodNotAllowed {
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
    }
    match (denial, denial.code()) {
        // RFC 6585 §4. No challenge, because the same credentials may be accepted later.
        (Denial::TooManyAttempts { retry_after } | Denial::TooManyGuesses { retry_after }, _) => {
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

/// Returns the response with tokens (RFC 6749 §5.1), followed by the application's parameters.
pub(crate) fn granted(tokens: &Tokens) -> Response<EndpointBody> {
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
    json_with_capacity(&body, capacity)
}

/// Returns the response of this crate with the other headers of the inner service's response.
pub(crate) fn in_place_of(
    mut inner: Parts,
    response: Response<EndpointBody>,
) -> Response<EndpointBody> {
    let (ours, body) = response.into_parts();
    for of_the_old_body in [
        CONTENT_ENCODING,
        CONTENT_LENGTH,
        ETAG,
        LAST_MODIFIED,
        TRAILER,
        TRANSFER_ENCODING,
    ] {
        inner.headers.remove(of_the_old_body);
    }
    for (name, value) in &ours.headers {
        inner.headers.insert(name, value.clone());
    }
    inner.status = ours.status;
    inner.extensions.extend(ours.extensions);
    Response::from_parts(inner, body)
}

/// Returns the response of an API that cannot verify a token now: `503`, in the form of the
/// endpoints.
pub(crate) fn unavailable(realm: &str) -> Response<EndpointBody> {
    denied(Denial::StoreUnavailable, realm)
}

/// Returns the response to a revocation that was carried out (RFC 7009 §2.2).
pub(crate) fn revoked() -> Response<EndpointBody> {
    let mut response = Response::new(EndpointBody::new(Vec::new()));
    forbid_caching(response.headers_mut());
    response
}

/// Returns the response to an introspection (RFC 7662 §2.2).
pub(crate) fn introspected(introspection: &Introspection) -> Response<EndpointBody> {
    match introspection {
        Introspection::Active(token) => json(&ActiveBody::from(&**token)),
        Introspection::Inactive => json(&serde_json::json!({ "active": false })),
    }
}

#[derive(Serialize)]
struct ActiveBody<'a> {
    active: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    client_id: &'a str,
    sub: &'a str,
    aud: IntrospectedAudience<'a>,
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
                [one] => IntrospectedAudience::One(one),
                many => IntrospectedAudience::Many(many),
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
enum IntrospectedAudience<'a> {
    Many(&'a [String]),
    One(&'a str),
}

/// Serializes parameters as members of the surrounding object.
struct Members<'a>(&'a ResponseParameters);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.0.iter();
        serializer.collect_map(members.map(|(name, value)| (name, JsonText::of(value))))
    }
}

pub(crate) fn json(body: &impl Serialize) -> Response<EndpointBody> {
    json_with_capacity(body, SHORT_BODY)
}

fn json_with_capacity(body: &impl Serialize, capacity: usize) -> Response<EndpointBody> {
    let mut json = Vec::with_capacity(capacity);
    // Strings, numbers and options of them always serialize.
    let (status, body) = match serde_json::to_writer(&mut json, body) {
        Ok(()) => (StatusCode::OK, json),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
    };
    let mut response = Response::new(EndpointBody::new(body));
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

/// Room for a body without tokens, such as a denial.
const SHORT_BODY: usize = 128;

/// Room for the other members of a typical response with tokens.
const BESIDE_THE_TOKENS: usize = 192;
