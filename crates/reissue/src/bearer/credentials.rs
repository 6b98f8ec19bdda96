//! The token in the head of a request. Pure functions.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::denial::BearerDenial;
use crate::token::TokenType;

/// A token as it is presented (RFC 6750 §2.1, RFC 9449 §7.1).
///
/// The form body and the query are never read.
pub(super) struct TokenCredentials<'a> {
    /// `None` for a token that came without a scheme.
    pub(super) scheme: Option<TokenType>,
    pub(super) token: &'a str,
}

impl<'a> TokenCredentials<'a> {
    pub(super) fn from_headers(headers: &'a HeaderMap) -> Result<Self, BearerDenial> {
        let mut all = headers.get_all(AUTHORIZATION).iter();
        let value = match (all.next(), all.next()) {
            (None, _) => return Err(BearerDenial::CredentialsMissing),
            (Some(value), None) => value.as_bytes(),
            (Some(_), Some(_)) => return Err(BearerDenial::CredentialsRepeated),
        };
        let end = value.iter().position(|byte| *byte == b' ');
        let (scheme, rest) = value.split_at(end.unwrap_or(value.len()));
        let scheme = [TokenType::Bearer, TokenType::Dpop]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known.as_str().as_bytes()))
            // Another scheme counts as no credentials (RFC 6750 §3.1).
            .ok_or(BearerDenial::CredentialsMissing)?;
        let token = std::str::from_utf8(rest.trim_ascii_start())
            .ok()
            .filter(|token| is_b64token(token))
            .ok_or(BearerDenial::CredentialsMalformed)?;
        Ok(Self {
            scheme: Some(scheme),
            token,
        })
    }

    pub(super) fn from_token(token: &'a str) -> Result<Self, BearerDenial> {
        if token.is_empty() {
            return Err(BearerDenial::CredentialsMissing);
        }
        if !is_b64token(token) {
            return Err(BearerDenial::CredentialsMalformed);
        }
        Ok(Self {
            scheme: None,
            token,
        })
    }
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(text: &str) -> bool {
    let token = text.trim_end_matches('=');
    !token.is_empty()
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}
