use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::Local;
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::secret::tests::without_randomness;

const KEY: [u8; 32] = [7; 32];
const PAYLOAD: &[u8] = br#"{"iss":"https://as.example","exp":"2026-01-01T00:00:00Z"}"#;

/// Takes a whole token apart, as its callers do, and decrypts it.
fn decrypt(key: &[u8; 32], token: &str, assertion: &[u8]) -> Result<Vec<u8>, DecryptError> {
    let malformed = DecryptError::Malformed;
    let rest = token.strip_prefix(HEADER).ok_or(malformed)?;
    let (body, footer) = rest.split_once('.').unwrap_or((rest, ""));
    let footer = BASE64_URL_SAFE_NO_PAD
        .decode(footer)
        .map_err(|_| malformed)?;
    V4Local::new(key).decrypt(body, &footer, assertion)
}

/// The official vectors: <https://github.com/paseto-standard/test-vectors>.
mod vectors {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        tests: Vec<Vector>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Vector {
        name: String,
        expect_fail: bool,
        nonce: Option<String>,
        key: Option<String>,
        token: String,
        payload: Option<String>,
        footer: String,
        implicit_assertion: String,
    }

    /// Those of `v4.local`, with their keys.
    fn all() -> Vec<([u8; 32], Vector)> {
        let file = include_str!("../token/vectors/v4.json");
        let file: File = serde_json::from_str(file).unwrap();
        let tests = file.tests.into_iter();
        tests
            .filter_map(|vector| vector.key.as_deref().map(bytes).zip(Some(vector)))
            .collect()
    }

    #[test]
    fn what_must_open_opens_and_what_must_fail_fails() {
        let (mut opened, mut failed) = (0, 0);
        for (key, vector) in all() {
            let payload = decrypt(&key, &vector.token, vector.implicit_assertion.as_bytes());
            if vector.expect_fail {
                payload.unwrap_err();
                failed += 1;
            } else {
                assert_eq!(payload.unwrap(), vector.payload.unwrap().as_bytes());
                opened += 1;
            }
        }
        assert_eq!((opened, failed), (10, 4));
    }

    #[test]
    fn what_is_encrypted_is_what_they_encrypted() {
        let mut encrypted = 0;
        for (key, vector) in all().into_iter().filter(|(_, vector)| !vector.expect_fail) {
            let token = V4Local::new(&key).encrypt_under(
                &bytes(&vector.nonce.unwrap()),
                vector.payload.unwrap().as_bytes(),
                vector.footer.as_bytes(),
                vector.implicit_assertion.as_bytes(),
            );
            assert_eq!(token, vector.token, "{}", vector.name);
            encrypted += 1;
        }
        assert_eq!(encrypted, 10);
    }

    fn bytes(hex: &str) -> [u8; 32] {
        let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        assert_eq!(hex.len(), 64);
        std::array::from_fn(byte)
    }
}

/// The examples of PASETO, Common Implementation Details.
#[test]
fn pieces_are_encoded_as_the_specification_has_it() {
    fn encoded<const N: usize>(pieces: [&[u8]; N]) -> Vec<u8> {
        let mut all = Vec::new();
        pae(pieces, |part| all.extend_from_slice(part));
        all
    }
    assert_eq!(encoded([]), *b"\0\0\0\0\0\0\0\0");
    assert_eq!(encoded([b""]), *b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!(
        encoded([b"test"]),
        *b"\x01\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0test"
    );
    let two = *b"\x02\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0test\x01\0\0\0\0\0\0\0.";
    assert_eq!(encoded([b"test", b"."]), two);
}

#[test]
fn every_byte_of_a_token_is_authenticated() {
    let key = V4Local::new(&KEY);
    let token = key.encrypt(PAYLOAD, b"footer", b"assertion").unwrap();
    let body = token.strip_prefix(HEADER).unwrap();
    let (body, _) = body.split_once('.').unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).unwrap();
    let not_authentic = Err(DecryptError::NotAuthentic);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut other = bytes.clone();
            other[at] ^= 1 << bit;
            let other = BASE64_URL_SAFE_NO_PAD.encode(other);
            assert_eq!(key.decrypt(&other, b"footer", b"assertion"), not_authentic);
        }
    }
    assert_eq!(key.decrypt(body, b"footer", b""), not_authentic);
    assert_eq!(key.decrypt(body, b"", b"assertion"), not_authentic);
    // What moves from one piece into the next is another token.
    assert_eq!(key.decrypt(body, b"foote", b"rassertion"), not_authentic);
    let mut another = KEY;
    another[31] ^= 1;
    let another = V4Local::new(&another);
    assert_eq!(
        another.decrypt(body, b"footer", b"assertion"),
        not_authentic
    );
    assert_eq!(key.decrypt(body, b"footer", b"assertion").unwrap(), PAYLOAD);
}

#[test]
fn what_is_too_short_is_malformed() {
    let key = V4Local::new(&KEY);
    for length in 0..=NONCE_LENGTH + TAG_LENGTH {
        let body = BASE64_URL_SAFE_NO_PAD.encode(vec![0; length]);
        assert_eq!(key.decrypt(&body, b"", b""), Err(DecryptError::Malformed));
    }
}

#[test]
fn no_two_tokens_have_the_same_nonce() {
    let key = V4Local::new(&KEY);
    let tokens = [0; 1_000].map(|_| key.encrypt(PAYLOAD, b"", b"").unwrap());
    let nonces: std::collections::HashSet<_> =
        tokens.iter().map(|token| &token[9..9 + 42]).collect();
    assert_eq!(nonces.len(), tokens.len());
}

#[test]
fn without_randomness_there_is_no_token() {
    let key = V4Local::new(&KEY);
    without_randomness(|| key.encrypt(PAYLOAD, b"", b"")).unwrap_err();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn pasetors_decrypts_what_we_encrypt(
        key in any::<[u8; 32]>(),
        payload in "\\PC{1,300}",
        footer in prop::collection::vec(any::<u8>(), 0..60),
        assertion in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let token = V4Local::new(&key)
            .encrypt(payload.as_bytes(), &footer, &assertion)
            .unwrap();
        prop_assert_eq!(token.len(), token_length(payload.len(), footer.len()));
        let theirs = SymmetricKey::<V4>::from(&key).unwrap();
        let untrusted = UntrustedToken::<Local, V4>::try_from(&token).unwrap();
        let opened = LocalToken::decrypt(&theirs, &untrusted, None, Some(&assertion)).unwrap();
        prop_assert_eq!(opened.payload(), &payload);
        prop_assert_eq!(opened.footer(), &footer);
    }

    #[test]
    fn we_decrypt_what_pasetors_encrypts(
        key in any::<[u8; 32]>(),
        payload in "\\PC{1,300}",
        footer in prop::collection::vec(any::<u8>(), 1..60),
        assertion in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let theirs = SymmetricKey::<V4>::from(&key).unwrap();
        let token = LocalToken::encrypt(
            &theirs,
            payload.as_bytes(),
            Some(&footer),
            Some(&assertion),
        );
        prop_assert_eq!(
            decrypt(&key, &token.unwrap(), &assertion).unwrap(),
            payload.as_bytes()
        );
    }

    #[test]
    fn decrypting_never_panics(
        body in "[A-Za-z0-9_=-]{0,300}",
        footer in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        prop_assert!(V4Local::new(&KEY).decrypt(&body, &footer, b"").is_err());
    }
}
