use proptest::prelude::*;

use super::*;
use crate::key::Algorithm;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

const CLAIMS: &[u8] = br#"{"iss":"https://as.example","sub":"alice","exp":1700000600}"#;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

#[test]
fn what_is_sealed_opens() {
    for algorithm in ALGORITHMS {
        let tokens = Jwt::new(KeyRing::new(SigningKey::generate(algorithm).unwrap()));
        let token = tokens.issue(CLAIMS, NOW).unwrap();
        assert_eq!(tokens.verify(&token, NOW).unwrap(), CLAIMS);
    }
}

#[test]
fn the_header_has_three_members() {
    let key = key();
    let token = Jwt::new(KeyRing::new(key.clone()))
        .issue(CLAIMS, NOW)
        .unwrap();
    let header = BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    assert_eq!(
        String::from_utf8(header).unwrap(),
        format!(
            r#"{{"alg":"EdDSA","kid":"{}","typ":"at+jwt"}}"#,
            key.key_id()
        )
    );
}

#[test]
fn sealing_allocates_once() {
    for algorithm in ALGORITHMS {
        let tokens = Jwt::new(KeyRing::new(SigningKey::generate(algorithm).unwrap()));
        let token = tokens.issue(CLAIMS, NOW).unwrap();
        let unsigned = token.rfind('.').unwrap() + 1;
        assert_eq!(token.capacity(), unsigned + LONGEST_USUAL_SIGNATURE);
    }
}

#[test]
fn retired_keys_open_and_strangers_do_not() {
    let [old, new] = [key(), SigningKey::generate(Algorithm::Es256).unwrap()];
    let before = Jwt::new(KeyRing::new(old.clone()));
    let after = Jwt::new(KeyRing::new(new).with_retired(old).unwrap());
    let token = before.issue(CLAIMS, NOW).unwrap();
    assert_eq!(after.verify(&token, NOW).unwrap(), CLAIMS);
    let token = after.issue(CLAIMS, NOW).unwrap();
    assert_eq!(before.verify(&token, NOW), Err(VerifyError::UnknownKey));
}

#[test]
fn a_token_has_one_spelling() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let tokens = Jwt::new(KeyRing::new(SigningKey::generate(algorithm).unwrap()));
        let token = tokens.issue(CLAIMS, NOW).unwrap();
        for other in crate::token::tests::respellings(&token) {
            assert!(tokens.verify(&other, NOW).is_err(), "{other}");
        }
    }
}

#[test]
fn types_of_access_tokens_are_distinguished_from_others() {
    let key = key();
    for (typ, opens) in [
        ("at+jwt", true),
        ("AT+JWT", true),
        ("application/at+jwt", true),
        (r"application\/at+jwt", true),
        ("Application/At+Jwt", true),
        ("JWT", false),
        ("jwt", false),
        ("id+jwt", false),
        ("dpop+jwt", false),
        ("text/at+jwt", false),
        ("", false),
    ] {
        let header = format!(
            r#"{{"typ":"{typ}","alg":"EdDSA","kid":"{}"}}"#,
            key.key_id()
        );
        let opened = open(&key, &header);
        assert_eq!(opened.is_ok(), opens, "{typ}: {opened:?}");
    }
}

/// RFC 8725 §3.1: the key says the algorithm, whatever the token says.
#[test]
fn another_algorithm_than_the_keys_is_rejected() {
    let key = key();
    for alg in ["none", "None", "HS256", "ES256", "RS256", "eddsa", ""] {
        let header = format!(
            r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{}"}}"#,
            key.key_id()
        );
        assert_eq!(open(&key, &header), Err(VerifyError::Invalid), "{alg}");
    }
}

#[test]
fn unsigned_tokens_are_rejected() {
    let key = key();
    let tokens = Jwt::new(KeyRing::new(key.clone()));
    let token = tokens.issue(CLAIMS, NOW).unwrap();
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    assert!(tokens.verify(unsigned, NOW).is_err());
    assert!(tokens.verify(&format!("{unsigned}."), NOW).is_err());
}

/// RFC 7515 §4.1.11.
#[test]
fn critical_extensions_are_rejected() {
    let key = key();
    for crit in [r#"["exp"]"#, r#"["b64"],"b64":false"#, "[]", "null"] {
        let header = format!(
            r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{}","crit":{crit}}}"#,
            key.key_id()
        );
        assert_eq!(open(&key, &header), Err(VerifyError::Invalid), "{crit}");
    }
}

#[test]
fn unknown_members_of_the_header_are_ignored() {
    let key = key();
    let header = format!(
        r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{}","jku":"https://attacker.example","x":[1]}}"#,
        key.key_id()
    );
    assert_eq!(open(&key, &header).unwrap(), CLAIMS);
}

#[test]
fn malformed_headers_are_rejected() {
    let key = key();
    let id = key.key_id();
    for header in [
        String::new(),
        "{}".to_owned(),
        "null".to_owned(),
        format!(r#"["EdDSA","{id}","at+jwt"]"#),
        format!(r#"{{"typ":"at+jwt","alg":"EdDSA"}}{id}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{id}"}}"#),
        format!(r#"{{"typ":"at+jwt","kid":"{id}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":["{id}"]}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{id}","kid":"{id}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{id}"}} {{}}"#),
    ] {
        assert_eq!(open(&key, &header), Err(VerifyError::Malformed), "{header}");
    }
}

#[test]
fn the_name_of_a_paseto_key_is_no_kid() {
    let key = key();
    let header = format!(
        r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{}"}}"#,
        key.paserk_id().unwrap()
    );
    assert_eq!(open(&key, &header), Err(VerifyError::UnknownKey));
}

#[test]
fn long_tokens_are_neither_made_nor_read() {
    let tokens = Jwt::new(KeyRing::new(key()));
    for length in [13 * 1024, MAX_TOKEN_LENGTH + 1] {
        let payload = vec![b' '; length];
        assert!(matches!(
            tokens.issue(&payload, NOW),
            Err(IssueError::TooLong)
        ));
    }
    let token = tokens.issue(&[b' '; 11 * 1024], NOW).unwrap();
    assert!(tokens.verify(&token, NOW).is_ok());
    let long = "e".repeat(MAX_TOKEN_LENGTH + 1);
    assert_eq!(tokens.verify(&long, NOW), Err(VerifyError::Malformed));
}

proptest! {
    #[test]
    fn opening_never_panics(text in ".{0,300}", dotted in "[A-Za-z0-9_.=-]{0,300}") {
        let tokens = Jwt::new(KeyRing::new(key()));
        prop_assert!(tokens.verify(&text, NOW).is_err());
        prop_assert!(tokens.verify(&dotted, NOW).is_err());
    }

    #[test]
    fn every_payload_round_trips(payload in prop::collection::vec(any::<u8>(), 0..300)) {
        let tokens = Jwt::new(KeyRing::new(key()));
        let token = tokens.issue(&payload, NOW).unwrap();
        prop_assert_eq!(tokens.verify(&token, NOW).unwrap(), payload);
    }
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa).unwrap()
}

/// Opens a token of that header that the key has really signed.
fn open(key: &SigningKey, header: &str) -> Result<Vec<u8>, VerifyError> {
    let mut token = format!(
        "{}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(header),
        BASE64_URL_SAFE_NO_PAD.encode(CLAIMS)
    );
    let signature = key.sign(token.as_bytes()).unwrap();
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Jwt::new(KeyRing::new(key.clone())).verify(&token, NOW)
}
