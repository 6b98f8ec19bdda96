//! The names of keys: the prefix, and a digest in base64url.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::store::{OneTimeId, SubjectKey};

/// Returns the key of a subject's sessions.
pub(crate) fn subject(prefix: &str, subject: SubjectKey) -> Vec<u8> {
    key(prefix, "", subject.as_bytes())
}

/// Returns the key of a single-use id.
pub(crate) fn one_time_id(prefix: &str, id: OneTimeId) -> Vec<u8> {
    key(prefix, "c:", id.as_bytes())
}

fn key(prefix: &str, infix: &str, digest: &[u8]) -> Vec<u8> {
    let mut key = String::with_capacity(prefix.len() + infix.len() + digest.len() * 4 / 3 + 1);
    key.push_str(prefix);
    key.push_str(infix);
    BASE64_URL_SAFE_NO_PAD.encode_string(digest, &mut key);
    key.into_bytes()
}
