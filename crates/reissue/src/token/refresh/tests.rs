use proptest::prelude::*;

use super::{Contents, NotARefreshToken, RefreshTokens, from_details, read, to_details};
use crate::clock::Timestamp;
use crate::grant::{Confirmation, Grant};
use crate::json::tests::json;
use crate::key::{KeyRing, SymmetricKey};
use crate::secret::FamilySecret;
use crate::store::Revision;
use crate::token::tests::respellings;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

const ISSUER: &str = "https://id.example";

const REVISION: Revision = Revision::from_bytes([2; 16]);

fn typical() -> Grant {
    Grant::new("9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21")
        .with_scope("openid read write".parse().unwrap())
}

fn seal(tokens: &RefreshTokens, secret: &FamilySecret, grant: &Grant) -> Option<String> {
    let token = tokens.seal(Contents {
        secret,
        generation: 7,
        revision: REVISION,
        issued_at: Timestamp::from_secs(1_800_000_000),
        expires_at: Some(Timestamp::from_secs(1_807_776_000)),
        client_id: "TestClient",
        grant,
    });
    token.ok().map(|token| token.expose().to_owned())
}

fn tokens() -> RefreshTokens {
    RefreshTokens::new(KeyRing::new(SymmetricKey::generate().unwrap()), ISSUER)
}

#[test]
fn what_was_sealed_is_opened() {
    let (tokens, secret) = (tokens(), FamilySecret::generate().unwrap());
    let opened = tokens
        .open(&seal(&tokens, &secret, &typical()).unwrap(), NOW)
        .unwrap();
    assert_eq!(opened.secret.sid(), secret.sid());
    assert_eq!((opened.generation, opened.revision), (7, REVISION));
    assert_eq!(opened.issued_at, Timestamp::from_secs(1_800_000_000));
    assert_eq!(opened.expires_at, Some(Timestamp::from_secs(1_807_776_000)));
    assert_eq!(opened.client_id, "TestClient");
    assert_eq!(opened.grant, typical());
}

#[test]
fn a_typical_token_stays_under_400_characters() {
    let token = seal(&tokens(), &FamilySecret::generate().unwrap(), &typical()).unwrap();
    assert!(token.len() < 400, "{} characters", token.len());
}

#[test]
fn a_grant_that_makes_the_token_too_long_is_not_sealed() {
    let (tokens, secret) = (tokens(), FamilySecret::generate().unwrap());
    let with_acr = |length: usize| typical().with_acr("x".repeat(length));
    assert!(seal(&tokens, &secret, &with_acr(2_000)).is_some());
    assert!(seal(&tokens, &secret, &with_acr(4_000)).is_none());
}

#[test]
fn a_token_has_one_spelling() {
    let tokens = tokens();
    let token = seal(&tokens, &FamilySecret::generate().unwrap(), &typical()).unwrap();
    for respelling in respellings(&token) {
        assert!(tokens.open(&respelling, NOW).is_err(), "{respelling}");
    }
}

#[test]
fn a_token_of_another_issuer_or_key_does_not_open() {
    let key = SymmetricKey::generate().unwrap();
    let ours = RefreshTokens::new(KeyRing::new(key.clone()), ISSUER);
    let theirs = RefreshTokens::new(KeyRing::new(key), "https://other.example");
    let token = seal(&theirs, &FamilySecret::generate().unwrap(), &typical()).unwrap();
    assert_eq!(
        ours.open(&token, NOW).unwrap_err(),
        NotARefreshToken::Malformed
    );
    let token = seal(&tokens(), &FamilySecret::generate().unwrap(), &typical()).unwrap();
    assert_eq!(
        ours.open(&token, NOW).unwrap_err(),
        NotARefreshToken::UnknownKey
    );
}

#[test]
fn a_retired_key_still_opens() {
    let (old, new) = (
        SymmetricKey::generate().unwrap(),
        SymmetricKey::generate().unwrap(),
    );
    let before = RefreshTokens::new(KeyRing::new(old.clone()), ISSUER);
    let ring = KeyRing::new(new).with_retired(old).unwrap();
    let after = RefreshTokens::new(ring, ISSUER);
    let token = seal(&before, &FamilySecret::generate().unwrap(), &typical()).unwrap();
    assert!(after.open(&token, NOW).is_ok());
    let token = seal(&after, &FamilySecret::generate().unwrap(), &typical()).unwrap();
    assert_eq!(
        before.open(&token, NOW).unwrap_err(),
        NotARefreshToken::UnknownKey
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_grant_survives_token_and_record(grant in grants()) {
        let tokens = tokens();
        let token = seal(&tokens, &FamilySecret::generate().unwrap(), &grant);
        if let Some(token) = token {
            let unlabelled = Grant { label: None, ..grant.clone() };
            prop_assert_eq!(tokens.open(&token, NOW).unwrap().grant, unlabelled);
        }
        let details = to_details("c", &grant).unwrap();
        let read = from_details(&details, &grant.subject);
        prop_assert_eq!(read, Some(("c".to_owned(), grant)));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(read(&bytes).is_none());
        let _ = from_details(&bytes, "alice");
    }

    #[test]
    fn any_text_is_rejected(text in "(v4\\.local\\.)?[A-Za-z0-9_.=-]{0,120}") {
        prop_assert!(tokens().open(&text, NOW).is_err());
    }
}

fn grants() -> impl Strategy<Value = Grant> {
    let confirmation = prop_oneof![
        "[A-Za-z0-9_-]{43}".prop_map(Confirmation::Jkt),
        "[A-Za-z0-9_-]{43}".prop_map(Confirmation::X5tS256),
    ];
    (
        "\\PC{1,20}",
        prop::collection::vec("[a-z:]{1,5}", 0..4),
        prop::collection::vec("https://[a-z]{1,8}\\.example/[a-z]{0,4}", 0..3),
        proptest::option::of(0..4_000_000_000_u64),
        proptest::option::of("\\PC{1,8}"),
        proptest::option::of(confirmation),
        prop::collection::btree_map("x_[a-z]{1,4}", json(8), 0..3),
        proptest::option::of("\\PC{0,12}"),
    )
        .prop_map(
            |(subject, scope, resources, auth_time, acr, confirmation, claims, label)| {
                let mut grant = Grant::new(subject).with_scope(scope.join(" ").parse().unwrap());
                grant.resources = resources.iter().map(|uri| uri.parse().unwrap()).collect();
                grant.auth_time = auth_time.map(Timestamp::from_secs);
                grant.acr = acr;
                grant.confirmation = confirmation;
                for (name, claim) in claims {
                    grant.claims.insert(name, claim).unwrap();
                }
                grant.label = label;
                grant
            },
        )
}
