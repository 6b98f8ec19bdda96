//! Shared by the tests of the formats.

/// Every other way to write a token that a lax reader might take for the same: each character
/// replaced by its neighbours in the alphabet and by the other case, padding, suffixes, prefixes,
/// white space, parts added and lost.
pub(super) fn respellings(token: &str) -> Vec<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut all = Vec::new();
    for (at, was) in token.char_indices() {
        // The last character of a part may carry bits that mean nothing: try them all there, a few
        // elsewhere.
        let ends_part = token[at + 1..]
            .chars()
            .next()
            .is_none_or(|next| next == '.');
        let flipped = if was.is_ascii_uppercase() {
            was.to_ascii_lowercase()
        } else {
            was.to_ascii_uppercase()
        };
        let replacements = ALPHABET
            .chars()
            .filter(|_| ends_part)
            .chain([flipped, 'A', 'B', '.', '=', '+', '/', ' ', 'é']);
        for now in replacements.filter(|now| *now != was) {
            all.push(format!("{}{now}{}", &token[..at], &token[at + 1..]));
        }
        all.push(format!("{}{}", &token[..at], &token[at + 1..]));
    }
    for affix in [
        "=", "==", ".", "..", "A", "AA", "AAAA", " ", "\n", "\0", ".e30", ".AAAA",
    ] {
        all.push(format!("{token}{affix}"));
        all.push(format!("{affix}{token}"));
        all.push(token.replace('.', &format!("{affix}.")));
        all.push(token.replace('.', &format!(".{affix}")));
    }
    all.push(token.to_ascii_uppercase());
    all.push(token.to_ascii_lowercase());
    all.retain(|other| other != token);
    all
}

/// Several servers with the same keys in the same file, whatever their clocks say.
mod nodes {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use crate::Timestamp;
    use crate::grant::Grant;
    use crate::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
    use crate::secret::FamilySecret;
    use crate::token::refresh::{Contents, RefreshTokens};
    use crate::token::{
        AccessTokenFormat, AccessTokenVerifier as _, Jwt, JwtVerifier, PasetoLocal, PasetoPublic,
    };

    const CLAIMS: &[u8] = br#"{"sub":"alice"}"#;
    const ISSUER: &str = "https://id.example";

    static SEALING: LazyLock<[SymmetricKey; 4]> =
        LazyLock::new(|| [(); 4].map(|()| SymmetricKey::generate().unwrap()));
    static SIGNING: LazyLock<[SigningKey; 4]> =
        LazyLock::new(|| [(); 4].map(|()| SigningKey::generate(Algorithm::EdDsa).unwrap()));

    /// The times in the file, in milliseconds; all of them differ.
    fn times() -> impl Strategy<Value = [Option<u64>; 4]> {
        let times = [1..5_u64, 5..10, 10..15, 15..20];
        let times = times.map(|range| prop::option::of(range).boxed());
        (times, Just([0, 1, 2, 3]).prop_shuffle())
            .prop_map(|(times, order)| order.map(|at| times[at]))
    }

    /// A node that started when every time had come.
    fn sealing(times: &[Option<u64>; 4]) -> KeyRing<SymmetricKey> {
        let times = times.map(|time| time.map(Timestamp::from_millis));
        let keys = SEALING.iter().cloned().zip(times);
        KeyRing::from_schedule(keys, Timestamp::from_millis(20)).unwrap()
    }

    fn signing(times: &[Option<u64>; 4]) -> KeyRing<SigningKey> {
        let times = times.map(|time| time.map(Timestamp::from_millis));
        let keys = SIGNING.iter().cloned().zip(times);
        KeyRing::from_schedule(keys, Timestamp::from_millis(20)).unwrap()
    }

    fn seal(tokens: &RefreshTokens, issued_at: Timestamp) -> String {
        let sealed = tokens.seal(Contents {
            secret: &FamilySecret::generate().unwrap(),
            generation: 7,
            revision: crate::store::Revision::ORIGINAL,
            issued_at,
            expires_at: None,
            client_id: "web",
            grant: &Grant::new("alice"),
        });
        sealed.unwrap().expose().to_owned()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The files may even differ in the times, as they do while an edit is under way.
        #[test]
        fn what_one_node_seals_at_any_time_every_node_opens(
            (here, there) in (times(), times()),
            (sealed, fetched, opened) in (0..25_u64, 0..25_u64, 0..25_u64),
        ) {
            let [sealed, fetched, opened] = [sealed, fetched, opened].map(Timestamp::from_millis);
            let [one, other] = [&here, &there].map(|times| RefreshTokens::new(sealing(times), ISSUER));
            prop_assert!(other.open(&seal(&one, sealed), opened).is_ok());

            let formats = |times| -> [Box<dyn AccessTokenFormat>; 3] {
                [
                    Box::new(Jwt::new(signing(times))),
                    Box::new(PasetoPublic::new(signing(times)).unwrap()),
                    Box::new(PasetoLocal::new(sealing(times), ISSUER)),
                ]
            };
            for (one, other) in formats(&here).iter().zip(formats(&there)) {
                let token = one.issue(CLAIMS, sealed).unwrap();
                prop_assert_eq!(other.verify(&token, opened).unwrap(), CLAIMS);
            }

            let [jwt, published] = [&here, &there].map(|times| Jwt::new(signing(times)));
            let published = KeyRing::from_jwks(&published.jwks(fetched).unwrap()).unwrap();
            let token = jwt.issue(CLAIMS, sealed).unwrap();
            prop_assert_eq!(JwtVerifier::new(published).verify(&token, opened).unwrap(), CLAIMS);
        }
    }
}
