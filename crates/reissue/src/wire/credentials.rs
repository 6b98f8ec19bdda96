//! The client credentials in the head and the form of a request. Pure functions.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HeaderMap};
use zeroize::Zeroizing;

use super::form::{self, Parameters};
use crate::client::{AuthMethod, Credentials};
use crate::denial::Denial;
use crate::secret::ClientSecret;

impl Credentials {
    /// Reads the credentials of a request (RFC 6749 §2.3.1).
    ///
    /// # Errors
    ///
    /// `invalid_request` for two methods at once and for two different client ids; `invalid_client`
    /// for credentials that are missing or cannot be read, and for an assertion (RFC 7521 §4.2),
    /// which this server does not verify.
    pub fn read(headers: &HeaderMap, parameters: &Parameters) -> Result<Self, Denial> {
        let mut authorizations = headers.get_all(AUTHORIZATION).iter();
        let (header, second) = (authorizations.next(), authorizations.next());
        if second.is_some() {
            return Err(Denial::CredentialsTwice);
        }
        let body_id = parameters.get("client_id");
        let body_secret = parameters.get("client_secret");
        let has_assertion = ["client_assertion", "client_assertion_type"]
            .into_iter()
            .any(|name| parameters.get(name).is_some());
        if has_assertion && body_secret.is_some() {
            return Err(Denial::CredentialsTwice);
        }
        match (header, body_id, body_secret) {
            (Some(header), body_id, body_secret) => {
                let basic = read_basic(header.as_bytes())?;
                if body_secret.is_some() || has_assertion {
                    return Err(Denial::CredentialsTwice);
                }
                if body_id.is_some_and(|id| id != basic.client_id) {
                    return Err(Denial::CredentialsDiffer);
                }
                Ok(basic)
            }
            (None, Some(id), Some(secret)) => Ok(Self {
                client_id: id.to_owned(),
                secret: Some(ClientSecret::new(secret)),
                method: AuthMethod::ClientSecretPost,
                address: None,
            }),
            // Not treated as a public client: it tries to authenticate in a way that is not
            // verified here.
            (None, _, None) if has_assertion => Err(Denial::AssertionUnverified),
            (None, Some(id), None) => Ok(Self {
                client_id: id.to_owned(),
                secret: None,
                method: AuthMethod::None,
                address: None,
            }),
            (None, None, _) => Err(Denial::CredentialsMissing),
        }
    }
}

/// Reads `Basic base64(urlencode(id) ":" urlencode(secret))`, the scheme in any letter case (RFC
/// 7617 §2, RFC 6749 §2.3.1).
fn read_basic(header: &[u8]) -> Result<Credentials, Denial> {
    let space = header
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(header.len());
    let (scheme, rest) = header.split_at(space);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return Err(Denial::SchemeUnknown);
    }
    let mut pair = Zeroizing::new(Vec::with_capacity(rest.len()));
    BASE64_STANDARD
        .decode_vec(rest.trim_ascii(), &mut pair)
        .map_err(|_| Denial::CredentialsMalformed)?;
    let pair = str::from_utf8(&pair).map_err(|_| Denial::CredentialsMalformed)?;
    let (encoded_id, encoded_secret) = pair.split_once(':').ok_or(Denial::CredentialsMalformed)?;
    let malformed = |_| Denial::CredentialsMalformed;
    let mut client_id = String::new();
    form::decode(encoded_id, &mut client_id).map_err(malformed)?;
    let mut secret = String::with_capacity(encoded_secret.len());
    form::decode(encoded_secret, &mut secret).map_err(malformed)?;
    let secret = ClientSecret::new(secret);
    if client_id.is_empty() {
        return Err(Denial::CredentialsMalformed);
    }
    Ok(Credentials {
        client_id,
        secret: Some(secret),
        method: AuthMethod::ClientSecretBasic,
        address: None,
    })
}

#[cfg(test)]
mod tests;
