use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::Public;
use pasetors::keys::{AsymmetricPublicKey, AsymmetricSecretKey};
use pasetors::token::UntrustedToken;
use pasetors::version4::{PublicToken, V4};
use proptest::prelude::*;
use serde::Deserialize;

use super::local::open_local;
use super::public::seal_public;
use super::verifier::open_public;
use super::*;
use crate::clock::Timestamp;
use crate::key::{Algorithm, KeyError, KeyRing, SigningKey, SymmetricKey, VerifyingKey};
use crate::secret::tests::without_randomness;
use crate::token::format::MAX_TOKEN_LENGTH;
use crate::token::tests::respellings;
use crate::token::{AccessTokenFormat, AccessTokenVerifier as _, IssueError, VerifyError};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

const CLAIMS: &[u8] = br#"{"iss":"https://as.example","exp":"2026-01-01T00:00:00Z"}"#;

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
        key: Option<String>,
        secret_key: Option<String>,
        public_key: Option<String>,
        token: String,
        payload: Option<String>,
        footer: String,
        implicit_assertion: String,
    }

    impl Vector {
        fn open(&self) -> Result<Vec<u8>, VerifyError> {
            let implicit = self.implicit_assertion.as_bytes();
            match (&self.key, &self.public_key) {
                (Some(key), None) => {
                    let key = SymmetricKey::from_paserk(&written("k4.local.", key)).unwrap();
                    open_local(&key, &self.token, implicit)
                }
                (None, Some(key)) => {
                    let key = VerifyingKey::from_paserk(&written("k4.public.", key)).unwrap();
                    open_public(&key, &self.token, implicit)
                }
                _ => panic!("{} has no key or two", self.name),
            }
        }
    }

    fn all() -> Vec<Vector> {
        let file: File = serde_json::from_str(include_str!("../vectors/v4.json")).unwrap();
        assert_eq!(file.tests.len(), 18);
        file.tests
    }

    #[test]
    fn what_must_open_opens_and_what_must_fail_fails() {
        for vector in all() {
            let opened = vector.open();
            if vector.expect_fail {
                opened.unwrap_err();
            } else {
                assert_eq!(opened.unwrap(), vector.payload.unwrap().as_bytes());
            }
        }
    }

    #[test]
    fn what_is_signed_is_what_they_signed() {
        let mut signed = 0;
        for vector in all().into_iter().filter(|vector| !vector.expect_fail) {
            let Some(secret) = vector.secret_key else {
                continue;
            };
            let key = SigningKey::from_paserk(&written("k4.secret.", &secret)).unwrap();
            let token = seal_public(
                &key,
                vector.payload.unwrap().as_bytes(),
                vector.footer.as_bytes(),
                vector.implicit_assertion.as_bytes(),
            )
            .unwrap();
            assert_eq!(token, vector.token, "{}", vector.name);
            signed += 1;
        }
        assert_eq!(signed, 3);
    }

    #[test]
    fn the_footer_of_a_local_token_is_found() {
        for vector in all().into_iter().filter(|vector| !vector.expect_fail) {
            let is_there = vector.key.is_some() && !vector.footer.is_empty();
            let expected = is_there.then(|| vector.footer.clone().into_bytes());
            assert_eq!(footer_of(&vector.token), expected, "{}", vector.name);
        }
    }

    fn written(prefix: &str, hex: &str) -> String {
        format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes(hex)))
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }
}

#[test]
fn what_is_sealed_opens() {
    for tokens in envelopes() {
        let token = tokens.issue(CLAIMS, NOW).unwrap();
        assert_eq!(tokens.verify(&token, NOW).unwrap(), CLAIMS);
    }
}

#[test]
fn a_token_has_one_spelling() {
    for tokens in envelopes() {
        let token = tokens.issue(CLAIMS, NOW).unwrap();
        for other in respellings(&token) {
            assert!(tokens.verify(&other, NOW).is_err(), "{other}");
        }
    }
}

/// Regression: pasetors opens a token with an empty footer behind a dot as if the dot were not
/// there.
#[test]
fn a_token_without_a_footer_has_one_spelling() {
    let (signing, symmetric) = (signing_key(), SymmetricKey::generate().unwrap());
    let public = seal_public(&signing, CLAIMS, b"", b"").unwrap();
    let local = seal_local(&symmetric, CLAIMS, b"", b"").unwrap();
    assert_eq!(public.split('.').count(), 3);
    assert_eq!(local.split('.').count(), 3);
    assert_eq!(footer_of(&local), None);
    open_public(&signing.verifying_key(), &public, b"").unwrap();
    open_local(&symmetric, &local, b"").unwrap();
    for other in respellings(&public) {
        open_public(&signing.verifying_key(), &other, b"").unwrap_err();
    }
    for other in respellings(&local) {
        open_local(&symmetric, &other, b"").unwrap_err();
    }
}

#[test]
fn footers_name_the_key() {
    let (signing, symmetric) = (signing_key(), SymmetricKey::generate().unwrap());
    let public = PasetoPublic::new(KeyRing::new(signing.clone())).unwrap();
    let local = PasetoLocal::new(KeyRing::new(symmetric.clone()), "");
    for (token, kid) in [
        (
            public.issue(CLAIMS, NOW).unwrap(),
            signing.paserk_id().unwrap(),
        ),
        (local.issue(CLAIMS, NOW).unwrap(), symmetric.key_id()),
    ] {
        let (_, footer) = token.rsplit_once('.').unwrap();
        let footer = BASE64_URL_SAFE_NO_PAD.decode(footer).unwrap();
        assert_eq!(
            String::from_utf8(footer).unwrap(),
            format!(r#"{{"kid":"{kid}"}}"#)
        );
    }
}

#[test]
fn a_raw_footer_is_carried_as_it_is() {
    let key = SymmetricKey::generate().unwrap();
    let token = seal_local(&key, CLAIMS, key.short_id().as_bytes(), b"refresh").unwrap();
    let footer = footer_of(&token).unwrap();
    assert_eq!(footer, key.short_id().as_bytes());
    assert_eq!(open_local(&key, &token, b"refresh").unwrap(), CLAIMS);
    for other in respellings(&token) {
        open_local(&key, &other, b"refresh").unwrap_err();
    }
}

#[test]
fn retired_keys_open_and_strangers_do_not() {
    let [old, new] = [0, 1].map(|_| SymmetricKey::generate().unwrap());
    let before = PasetoLocal::new(KeyRing::new(old.clone()), "x");
    let after = PasetoLocal::new(KeyRing::new(new).with_retired(old).unwrap(), "x");
    assert_eq!(
        after
            .verify(&before.issue(CLAIMS, NOW).unwrap(), NOW)
            .unwrap(),
        CLAIMS
    );
    assert_eq!(
        before.verify(&after.issue(CLAIMS, NOW).unwrap(), NOW),
        Err(VerifyError::UnknownKey)
    );

    let [old, new] = [0, 1].map(|_| signing_key());
    let before = PasetoPublic::new(KeyRing::new(old.clone())).unwrap();
    let after = PasetoPublic::new(KeyRing::new(new).with_retired(old).unwrap()).unwrap();
    assert_eq!(
        after
            .verify(&before.issue(CLAIMS, NOW).unwrap(), NOW)
            .unwrap(),
        CLAIMS
    );
    assert_eq!(
        before.verify(&after.issue(CLAIMS, NOW).unwrap(), NOW),
        Err(VerifyError::UnknownKey)
    );
}

#[test]
fn another_implicit_assertion_does_not_open() {
    let symmetric = KeyRing::new(SymmetricKey::generate().unwrap());
    let signing = KeyRing::new(signing_key());
    let local = |assertion: &str| PasetoLocal::new(symmetric.clone(), assertion);
    let public = |assertion: &str| {
        PasetoPublic::new(signing.clone())
            .unwrap()
            .with_implicit_assertion(assertion)
    };
    for other in ["", "access token of B", "access token of A "] {
        let token = local("access token of A").issue(CLAIMS, NOW).unwrap();
        assert_eq!(local(other).verify(&token, NOW), Err(VerifyError::Invalid));
        let token = public("access token of A").issue(CLAIMS, NOW).unwrap();
        assert_eq!(public(other).verify(&token, NOW), Err(VerifyError::Invalid));
    }
}

#[test]
fn only_ed25519_signs_v4_public() {
    for found in [Algorithm::Es256, Algorithm::Rs256] {
        let other = SigningKey::generate(found).unwrap();
        for ring in [
            KeyRing::new(other.clone()),
            KeyRing::new(signing_key()).with_retired(other).unwrap(),
        ] {
            let error = PasetoPublic::new(ring).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("expected a key for EdDSA, found one for {found}")
            );
            assert!(matches!(error, KeyError::WrongAlgorithm { .. }));
        }
    }
}

#[test]
fn long_tokens_are_neither_made_nor_read() {
    for tokens in envelopes() {
        for length in [13 * 1024, MAX_TOKEN_LENGTH + 1] {
            let sealed = tokens.issue(&vec![b' '; length], NOW);
            assert!(matches!(sealed, Err(IssueError::TooLong)));
        }
        let token = tokens.issue(&[b' '; 11 * 1024], NOW).unwrap();
        assert!(tokens.verify(&token, NOW).is_ok());
        for header in ["v4.local.", "v4.public."] {
            let long = format!("{header}{}", "A".repeat(MAX_TOKEN_LENGTH));
            assert_eq!(tokens.verify(&long, NOW), Err(VerifyError::Malformed));
        }
    }
}

#[test]
fn what_could_not_be_decrypted_is_not_encrypted() {
    let key = SymmetricKey::generate().unwrap();
    assert!(matches!(
        seal_local(&key, b"\xff", b"", b""),
        Err(IssueError::NotText)
    ));
    assert!(matches!(
        seal_local(&key, b"", b"", b""),
        Err(IssueError::Encrypt)
    ));
}

#[test]
fn without_randomness_there_is_an_error_and_no_panic() {
    let key = SymmetricKey::generate().unwrap();
    let sealed = without_randomness(|| seal_local(&key, CLAIMS, b"", b""));
    assert!(matches!(sealed, Err(IssueError::Encrypt)));
}

#[test]
fn pasetors_signs_as_we_do() {
    let secret = format!(
        "k4.secret.{}{}",
        "cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
        "c5WpIyC_5kWKhS8VEYSZ05dYfuTF-ZdQFV4D9vLTcNQ"
    );
    let theirs = AsymmetricSecretKey::<V4>::try_from(secret.as_str()).unwrap();
    let ours = SigningKey::from_paserk(&secret).unwrap();
    let token = PublicToken::sign(&theirs, CLAIMS, Some(b"f"), Some(b"i")).unwrap();
    assert_eq!(seal_public(&ours, CLAIMS, b"f", b"i").unwrap(), token);
    assert_eq!(
        open_public(&ours.verifying_key(), &token, b"i").unwrap(),
        CLAIMS
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pasetors_verifies_what_we_sign(
        payload in "\\PC{1,300}",
        footer in prop::collection::vec(any::<u8>(), 0..60),
        implicit in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let key = signing_key();
        let theirs = key.verifying_key().to_paserk().unwrap();
        let theirs = AsymmetricPublicKey::<V4>::try_from(theirs.as_str()).unwrap();
        let token = seal_public(&key, payload.as_bytes(), &footer, &implicit).unwrap();
        let untrusted = UntrustedToken::<Public, V4>::try_from(&token).unwrap();
        let verified = PublicToken::verify(&theirs, &untrusted, None, Some(&implicit)).unwrap();
        prop_assert_eq!(verified.payload(), payload);
        prop_assert_eq!(verified.footer(), footer);
    }

    #[test]
    fn opening_never_panics(text in ".{0,300}", rest in "[A-Za-z0-9_.=-]{0,300}") {
        for tokens in envelopes() {
            prop_assert!(tokens.verify(&text, NOW).is_err());
            for header in ["v4.local.", "v4.public."] {
                let token = format!("{header}{rest}");
                prop_assert!(tokens.verify(&token, NOW).is_err());
                let _ = footer_of(&token);
            }
        }
    }
}

fn footer_of(token: &str) -> Option<Vec<u8>> {
    let parts = Parts::of(token, crate::v4_local::HEADER).ok()?;
    parts.footer.and_then(|_| parts.decoded_footer())
}

fn signing_key() -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa).unwrap()
}

fn envelopes() -> [Box<dyn AccessTokenFormat>; 2] {
    [
        Box::new(PasetoPublic::new(KeyRing::new(signing_key())).unwrap()),
        Box::new(PasetoLocal::new(
            KeyRing::new(SymmetricKey::generate().unwrap()),
            "access token of https://as.example",
        )),
    ]
}
