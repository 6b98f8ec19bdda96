//! From the head and the body of a request to what it asks for. Pure.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, Method};

use crate::denial::Denial;
use crate::form::Parameters;
use crate::grant::{Confirmation, Resource};
use crate::scope::Scope;
use crate::secret::RefreshToken;

/// Checks what can be told before the body is read: a `POST` (RFC 6749 §3.2) of one form in UTF-8, not encoded.
pub(crate) fn check_head(method: &Method, headers: &HeaderMap) -> Result<(), Denial> {
    if method != Method::POST {
        return Err(Denial::MethodNotAllowed);
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    match (types.next(), types.next()) {
        (Some(content_type), None) if is_form(content_type) => {}
        _ => return Err(Denial::ContentType),
    }
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Denial::ContentEncoding);
    }
    Ok(())
}

/// What a client asks of `grant_type=refresh_token` (RFC 6749 §6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefreshRequest {
    /// The refresh token that it presents.
    pub token: RefreshToken,
    /// The scope that it wants; all that was granted, without.
    pub scope: Option<Scope>,
    /// Where it wants to use the access token (RFC 8707); wherever was granted, without.
    pub resource: Option<Resource>,
    /// The key that the request has proved to hold.
    pub confirmation: Option<Confirmation>,
}

impl RefreshRequest {
    /// A request for all that was granted.
    #[must_use]
    pub fn new(token: RefreshToken) -> Self {
        Self {
            token,
            scope: None,
            resource: None,
            confirmation: None,
        }
    }

    /// Reads a request from its parameters.
    ///
    /// # Errors
    ///
    /// `invalid_request` without `refresh_token`, `invalid_scope` and `invalid_target` for what is not well-formed.
    pub fn read(parameters: &Parameters) -> Result<Self, Denial> {
        let token = parameters
            .get("refresh_token")
            .ok_or(Denial::ParameterMissing("refresh_token"))?;
        let scope = parameters.get("scope").map(str::parse).transpose();
        let resource = parameters.get("resource").map(str::parse).transpose();
        Ok(Self {
            token: RefreshToken::new(token),
            scope: scope.map_err(|_| Denial::ScopeMalformed)?,
            resource: resource.map_err(|_| Denial::ResourceMalformed)?,
            confirmation: None,
        })
    }

    /// Asks for a narrower scope.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Asks for use at one resource.
    #[must_use]
    pub fn with_resource(self, resource: Resource) -> Self {
        Self {
            resource: Some(resource),
            ..self
        }
    }

    /// Says which key the request has proved to hold.
    #[must_use]
    pub fn with_confirmation(self, confirmation: Option<Confirmation>) -> Self {
        Self {
            confirmation,
            ..self
        }
    }
}

/// `application/x-www-form-urlencoded`, with no parameter but `charset=utf-8`, in any letter case.
fn is_form(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && parts.filter(|part| !part.is_empty()).all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            !name.eq_ignore_ascii_case("charset")
                || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

#[cfg(test)]
mod tests;
