//! From the head of a request to the token that it presents. Pure.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::refusal::Refusal;
use crate::server::TokenType;

/// A token as it is presented (RFC 6750 §2.1, RFC 9449 §7.1). The form body and the query are never read.
pub(super) struct Presented<'a> {
    pub(super) scheme: TokenType,
    pub(super) token: &'a str,
}

impl<'a> Presented<'a> {
    pub(super) fn read(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let mut all = headers.get_all(AUTHORIZATION).iter();
        let value = match (all.next(), all.next()) {
            (None, _) => return Err(Refusal::CredentialsMissing),
            (Some(value), None) => value.as_bytes(),
            (Some(_), Some(_)) => return Err(Refusal::CredentialsRepeated),
        };
        let end = value.iter().position(|byte| *byte == b' ');
        let (scheme, rest) = value.split_at(end.unwrap_or(value.len()));
        let scheme = [TokenType::Bearer, TokenType::Dpop]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known.as_str().as_bytes()))
            // Another scheme is as good as none (RFC 6750 §3.1).
            .ok_or(Refusal::CredentialsMissing)?;
        let token = std::str::from_utf8(rest.trim_ascii_start())
            .ok()
            .filter(|token| is_b64token(token))
            .ok_or(Refusal::CredentialsMalformed)?;
        Ok(Self { scheme, token })
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
