use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::key::{Algorithm, SigningKey, VerifyingKey};

/// A key with the header of its tokens, encoded once.
#[derive(Clone)]
pub(super) struct KeyWithHeader<K> {
    pub(super) key: K,
    pub(super) header: String,
}

impl KeyWithHeader<SigningKey> {
    pub(super) fn signing(key: SigningKey) -> Self {
        let header = encoded(key.algorithm(), key.key_id());
        Self { key, header }
    }
}

impl KeyWithHeader<VerifyingKey> {
    pub(super) fn verifying(key: VerifyingKey) -> Self {
        let header = encoded(key.algorithm(), key.key_id());
        Self { key, header }
    }
}

fn encoded(algorithm: Algorithm, key_id: &str) -> String {
    let header = format!(r#"{{"alg":"{algorithm}","kid":"{key_id}","typ":"at+jwt"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(header)
}
