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

/// What a key of the store is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    OneTimeId(OneTimeId),
    Subject(SubjectKey),
}

/// Returns what a key is about; `None` if it is none of the store's.
pub(crate) fn about(prefix: &str, key: &[u8]) -> Option<About> {
    let rest = key.strip_prefix(prefix.as_bytes())?;
    let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    match rest.strip_prefix(b"c:") {
        Some(id) => {
            let id = decode(id)?.try_into().ok()?;
            Some(About::OneTimeId(OneTimeId::from_bytes(id)))
        }
        None => {
            let subject = decode(rest)?.try_into().ok()?;
            Some(About::Subject(SubjectKey::from_bytes(subject)))
        }
    }
}

/// Returns the pattern that all keys of the store match.
pub(crate) fn pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '^' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "*"
}

fn key(prefix: &str, infix: &str, digest: &[u8]) -> Vec<u8> {
    let mut key = String::with_capacity(prefix.len() + infix.len() + digest.len() * 4 / 3 + 1);
    key.push_str(prefix);
    key.push_str(infix);
    BASE64_URL_SAFE_NO_PAD.encode_string(digest, &mut key);
    key.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back_and_no_others() {
        let subject_key = SubjectKey::from_bytes([7; 16]);
        let id = OneTimeId::from_bytes([7; 32]);
        let of_subject = subject("it:", subject_key);
        let of_id = one_time_id("it:", id);
        assert_eq!(about("it:", &of_subject), Some(About::Subject(subject_key)));
        assert_eq!(about("it:", &of_id), Some(About::OneTimeId(id)));
        assert_eq!(about("its:", &of_id), None);
        assert_eq!(about("it:", b"it:something"), None);
    }

    #[test]
    fn a_prefix_is_no_pattern() {
        assert_eq!(pattern("a*[b]?:"), r"a\*\[b\]\?:*");
    }
}
