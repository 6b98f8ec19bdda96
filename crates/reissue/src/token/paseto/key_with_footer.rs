use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::key::KeyRing;
use crate::token::VerifyError;

/// A key with the footer of its tokens, raw and encoded.
///
/// The key of a token is found by its encoded footer, so that no JSON is parsed before it is
/// authenticated.
#[derive(Clone)]
pub(crate) struct KeyWithFooter<K> {
    pub(crate) key: K,
    pub(crate) footer: String,
    encoded: String,
}

impl<K> KeyWithFooter<K> {
    /// Returns a key whose footer is `{"kid":…}`. `kid` is a PASERK id, which needs no escaping.
    pub(super) fn with_kid(key: K, kid: &str) -> Self {
        Self::new(key, format!(r#"{{"kid":"{kid}"}}"#))
    }

    pub(crate) fn new(key: K, footer: String) -> Self {
        Self {
            key,
            encoded: BASE64_URL_SAFE_NO_PAD.encode(&footer),
            footer,
        }
    }
}

impl<K> KeyRing<KeyWithFooter<K>> {
    pub(crate) fn find_by_footer(
        &self,
        encoded: Option<&str>,
        now: Timestamp,
    ) -> Result<&KeyWithFooter<K>, VerifyError> {
        let encoded = encoded.ok_or(VerifyError::UnknownKey)?;
        self.iter_at(now)
            .find(|keyed| keyed.encoded == encoded)
            .ok_or(VerifyError::UnknownKey)
    }
}
