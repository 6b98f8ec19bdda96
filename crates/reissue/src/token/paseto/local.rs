use std::fmt;

use super::key_with_footer::KeyWithFooter;
use super::parts::Parts;
use crate::clock::Timestamp;
use crate::key::{KeyRing, SymmetricKey};
use crate::token::format::{
    AccessTokenFormat, AccessTokenVerifier, IssueError, MAX_TOKEN_LENGTH, TimeFormat, VerifyError,
};
use crate::v4_local::{DecryptError, HEADER, token_length};

/// Access tokens as PASETO `v4.local`: encrypted, for APIs that share a key with the issuer.
///
/// Clients cannot read them, and they cost no signature. The footer is `{"kid":"k4.lid.…"}`.
///
/// ```
/// use reissue::Timestamp;
/// use reissue::key::{KeyRing, SymmetricKey};
/// use reissue::token::{AccessTokenFormat, AccessTokenVerifier, PasetoLocal};
///
/// let keys = KeyRing::new(SymmetricKey::generate()?);
/// let tokens = PasetoLocal::new(keys, "access token of https://as.example");
///
/// let now = Timestamp::from_secs(1_800_000_000);
/// let token = tokens.issue(br#"{"sub":"alice"}"#, now)?;
/// assert_eq!(tokens.verify(&token, now)?, br#"{"sub":"alice"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PasetoLocal {
    keys: KeyRing<KeyWithFooter<SymmetricKey>>,
    implicit_assertion: Vec<u8>,
}

impl PasetoLocal {
    /// Returns a format that encrypts with the active key of the ring, and decrypts with every key
    /// of it.
    ///
    /// The implicit assertion is authenticated with every token and is not part of it, so an API
    /// must know it to decrypt one. Name the purpose and the issuer in it, so that no token of
    /// another purpose or issuer is accepted, even under the same key. Leave it empty only if the
    /// key encrypts nothing else.
    #[must_use]
    pub fn new(keys: KeyRing<SymmetricKey>, implicit_assertion: impl Into<Vec<u8>>) -> Self {
        Self {
            keys: keys.map(|key| KeyWithFooter::with_kid(key.clone(), key.key_id())),
            implicit_assertion: implicit_assertion.into(),
        }
    }
}

impl AccessTokenVerifier for PasetoLocal {
    fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<u8>, VerifyError> {
        let parts = Parts::of(token, HEADER)?;
        let KeyWithFooter { key, footer, .. } = self.keys.find_by_footer(parts.footer, now)?;
        let payload =
            key.v4_local()
                .decrypt(parts.body, footer.as_bytes(), &self.implicit_assertion)?;
        Ok(payload)
    }
}

impl AccessTokenFormat for PasetoLocal {
    fn issue(&self, payload: &[u8], now: Timestamp) -> Result<String, IssueError> {
        let KeyWithFooter { key, footer, .. } = self.keys.active_at(now);
        seal_local(key, payload, footer.as_bytes(), &self.implicit_assertion)
    }

    fn times(&self) -> TimeFormat {
        TimeFormat::Rfc3339
    }
}

impl fmt::Debug for PasetoLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|keyed| &keyed.key))
            .finish()
    }
}

/// Encrypts text as `v4.local`, with a random nonce. If `footer` is empty, the token has none.
pub(crate) fn seal_local(
    key: &SymmetricKey,
    payload: &[u8],
    footer: &[u8],
    implicit_assertion: &[u8],
) -> Result<String, IssueError> {
    if payload.len() > MAX_TOKEN_LENGTH {
        return Err(IssueError::TooLong);
    }
    if payload.is_empty() {
        return Err(IssueError::Encrypt);
    }
    std::str::from_utf8(payload).map_err(|_| IssueError::NotText)?;
    if token_length(payload.len(), footer.len()) > MAX_TOKEN_LENGTH {
        return Err(IssueError::TooLong);
    }
    key.v4_local()
        .encrypt(payload, footer, implicit_assertion)
        .map_err(|_| IssueError::Encrypt)
}

impl From<DecryptError> for VerifyError {
    fn from(error: DecryptError) -> Self {
        match error {
            DecryptError::Malformed => Self::Malformed,
            DecryptError::NotAuthentic => Self::Invalid,
        }
    }
}

/// Decrypts any `v4.local` token with one key. The footer is authenticated, whatever it contains.
#[cfg(test)]
#[cfg(feature = "issue")]
pub(super) fn open_local(
    key: &SymmetricKey,
    token: &str,
    implicit_assertion: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let parts = Parts::of(token, HEADER)?;
    let footer = parts.decoded_footer().ok_or(VerifyError::Malformed)?;
    let opened = key
        .v4_local()
        .decrypt(parts.body, &footer, implicit_assertion);
    Ok(opened?)
}
