use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::key::KeyRing;
use crate::token::OpenError;

/// A key with the footer of its tokens, `{"kid":…}`, plain and encoded.
///
/// Tokens are matched by their encoded footer, so that no JSON of a stranger is ever parsed.
#[derive(Clone)]
pub(super) struct Footed<K> {
    pub(super) key: K,
    pub(super) footer: String,
    encoded: String,
}

impl<K> Footed<K> {
    /// `kid` is a PASERK id, which needs no escaping.
    pub(super) fn new(key: K, kid: &str) -> Self {
        let footer = format!(r#"{{"kid":"{kid}"}}"#);
        Self {
            key,
            encoded: BASE64_URL_SAFE_NO_PAD.encode(&footer),
            footer,
        }
    }
}

impl<K> KeyRing<Footed<K>> {
    pub(super) fn find_by_footer(
        &self,
        encoded: Option<&str>,
        now: Timestamp,
    ) -> Result<&Footed<K>, OpenError> {
        let encoded = encoded.ok_or(OpenError::UnknownKey)?;
        self.iter_at(now)
            .find(|footed| footed.encoded == encoded)
            .ok_or(OpenError::UnknownKey)
    }
}
