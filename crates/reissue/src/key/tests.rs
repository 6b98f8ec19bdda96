use std::error::Error as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::clock::Timestamp;

const PASSPHRASE: &str = "test passphrase";

const ED25519: &str = include_str!("fixtures/test-ed25519.pem");
const P256: &str = include_str!("fixtures/test-p256.pem");
const P384: &str = include_str!("fixtures/test-p384.pem");
const RSA1024: &str = include_str!("fixtures/test-rsa1024.pem");
const RSA2048: &str = include_str!("fixtures/test-rsa2048.pem");

/// RFC 7515 A.3.1.
const A3_JWK: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

/// RFC 8037 A.1.
const OKP_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519",
    "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

mod rfc {
    use super::*;

    /// The payload of RFC 7515 A.2 and A.3.
    const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    #[test]
    fn rfc7515_a2_signs_and_verifies_with_rs256() {
        let key =
            SigningKey::from_jwk(include_str!("../token/vectors/rfc7515-a2.jwk.json")).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Rs256);
        let message = format!("eyJhbGciOiJSUzI1NiJ9.{JOE}");
        let signature = concat!(
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5",
            "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb",
            "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO",
            "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        );
        assert_eq!(sign(&key, &message), signature);
        verify(&key.verifying_key(), &message, signature).unwrap();
    }

    #[test]
    fn rfc7515_a3_verifies_with_es256() {
        let key = SigningKey::from_jwk(A3_JWK).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Es256);
        let message = format!("eyJhbGciOiJFUzI1NiJ9.{JOE}");
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        verify(&key.verifying_key(), &message, signature).unwrap();
        verify(&key.verifying_key(), &message, &sign(&key, &message)).unwrap();
    }

    #[test]
    fn rfc8037_a1_and_a2_read_as_one_key() {
        let private = SigningKey::from_jwk(OKP_JWK).unwrap();
        let public = VerifyingKey::from_jwk(
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        )
        .unwrap();
        assert_eq!(private.algorithm(), Algorithm::EdDsa);
        assert_eq!(private.key_id(), public.key_id());
    }

    #[test]
    fn rfc8037_a3_has_the_thumbprint() {
        assert_eq!(
            SigningKey::from_jwk(OKP_JWK).unwrap().key_id(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn rfc8037_a4_and_a5_sign_and_verify() {
        let key = SigningKey::from_jwk(OKP_JWK).unwrap();
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(sign(&key, message), signature);
        verify(&key.verifying_key(), message, signature).unwrap();
    }

    #[test]
    fn rfc7638_3_1_has_the_thumbprint() {
        let key = VerifyingKey::from_jwk(concat!(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhD"#,
            "R1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_F",
            "DW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu",
            r#"0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","#,
            r#""kid":"2011-04-29"}"#,
        ))
        .unwrap();
        assert_eq!(key.key_id(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    fn sign(key: &SigningKey, message: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).unwrap())
    }

    fn verify(key: &VerifyingKey, message: &str, signature: &str) -> Result<(), InvalidSignature> {
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        key.verify(message.as_bytes(), &signature)
    }
}

mod paserk {
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
        paserk: Option<String>,
    }

    fn vectors(json: &str) -> Vec<Vector> {
        serde_json::from_str::<File>(json).unwrap().tests
    }

    /// Failing vectors without a PASERK say that a key of a wrong length must not be written, which
    /// the types rule out.
    fn unreadable(vector: &Vector) -> Option<&str> {
        vector.expect_fail.then_some(vector.paserk.as_deref()?)
    }

    fn written(prefix: &str, hex_key: &str) -> String {
        format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(hex(hex_key)))
    }

    #[test]
    fn k4_local_is_read_and_written() {
        for vector in vectors(include_str!("../token/vectors/k4.local.json")) {
            if let Some(paserk) = unreadable(&vector) {
                SymmetricKey::from_paserk(paserk).unwrap_err();
            } else if let (Some(paserk), Some(key)) = (&vector.paserk, &vector.key) {
                let read = SymmetricKey::from_paserk(paserk).unwrap();
                assert_eq!(read.expose_paserk().expose(), paserk, "{}", vector.name);
                assert_eq!(read.as_pasetors().as_bytes(), hex(key), "{}", vector.name);
            }
        }
    }

    #[test]
    fn k4_lid_names_symmetric_keys() {
        for vector in vectors(include_str!("../token/vectors/k4.lid.json")) {
            let key = SymmetricKey::from_paserk(&written("k4.local.", &vector.key.unwrap()));
            if vector.expect_fail {
                key.unwrap_err();
            } else {
                let (key, id) = (key.unwrap(), vector.paserk.unwrap());
                assert_eq!(key.key_id(), id);
                assert_eq!(key.short_id(), &id[7..15]);
            }
        }
    }

    #[test]
    fn k4_public_is_read_and_written() {
        for vector in vectors(include_str!("../token/vectors/k4.public.json")) {
            let (Some(key), Some(paserk)) = (&vector.key, &vector.paserk) else {
                continue;
            };
            assert_eq!(&written("k4.public.", key), paserk);
            let read = VerifyingKey::from_paserk(paserk).unwrap();
            assert_eq!(read.to_paserk().as_ref(), Some(paserk), "{}", vector.name);
        }
    }

    #[test]
    fn k4_pid_names_verifying_keys() {
        for vector in vectors(include_str!("../token/vectors/k4.pid.json")) {
            let key = VerifyingKey::from_paserk(&written("k4.public.", &vector.key.unwrap()));
            if vector.expect_fail {
                key.unwrap_err();
            } else {
                assert_eq!(key.unwrap().paserk_id(), vector.paserk.as_deref());
            }
        }
    }

    #[test]
    fn k4_secret_is_read() {
        for vector in vectors(include_str!("../token/vectors/k4.secret.json")) {
            let key = hex(&vector.key.unwrap());
            if vector.expect_fail {
                let text = format!("k4.secret.{}", BASE64_URL_SAFE_NO_PAD.encode(key));
                SigningKey::from_paserk(&text).unwrap_err();
            } else {
                let read = SigningKey::from_paserk(&vector.paserk.unwrap()).unwrap();
                let public = written_public(&key);
                assert_eq!(
                    read.verifying_key().to_paserk(),
                    Some(public),
                    "{}",
                    vector.name
                );
            }
        }
    }

    fn written_public(secret: &[u8]) -> String {
        format!("k4.public.{}", BASE64_URL_SAFE_NO_PAD.encode(&secret[32..]))
    }

    #[test]
    fn halves_that_do_not_fit_are_rejected() {
        let mut bytes = hex("b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774");
        bytes.extend([7; 32]);
        let text = format!("k4.secret.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        assert!(matches!(
            SigningKey::from_paserk(&text),
            Err(KeyError::Mismatch)
        ));
    }

    #[test]
    fn another_type_or_version_is_rejected() {
        let local = SymmetricKey::generate().unwrap().expose_paserk();
        let public = SigningKey::generate(Algorithm::EdDsa)
            .unwrap()
            .verifying_key()
            .to_paserk()
            .unwrap();
        assert!(matches!(
            SigningKey::from_paserk(&public),
            Err(KeyError::NotPrivate)
        ));
        for text in ["", "k4.local", "k3.local.", &public, local.expose()] {
            SigningKey::from_paserk(text).unwrap_err();
        }
        SymmetricKey::from_paserk(&public).unwrap_err();
        SymmetricKey::from_paserk(&format!("{}=", local.expose())).unwrap_err();
        VerifyingKey::from_paserk(local.expose()).unwrap_err();
        VerifyingKey::from_paserk(&format!("{public}=")).unwrap_err();
    }
}

mod pem_texts {
    use super::*;

    #[test]
    fn one_key_is_the_same_in_every_encoding() {
        for (plain, algorithm, others) in [
            (ED25519, Algorithm::EdDsa, vec![]),
            (
                P256,
                Algorithm::Es256,
                vec![include_str!("fixtures/test-p256-sec1.pem")],
            ),
            (
                RSA2048,
                Algorithm::Rs256,
                vec![include_str!("fixtures/test-rsa2048-pkcs1.pem")],
            ),
        ] {
            let key = SigningKey::from_pem(plain, None).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            for other in others {
                same_key(&key, &SigningKey::from_pem(other, None).unwrap());
            }
        }
    }

    fn same_key(key: &SigningKey, other: &SigningKey) {
        assert_eq!(other.key_id(), key.key_id());
        let signature = other.sign(b"message").unwrap();
        let public = key.verifying_key();
        public.verify(b"message", signature.as_ref()).unwrap();
    }

    #[cfg(feature = "encrypted-pem")]
    #[test]
    fn an_encrypted_key_is_the_same_as_the_plain_one() {
        let passphrase = Passphrase::new(PASSPHRASE);
        for (plain, encrypted) in [
            (ED25519, include_str!("fixtures/test-ed25519-pbkdf2.pem")),
            (P256, include_str!("fixtures/test-p256-scrypt.pem")),
            (RSA2048, include_str!("fixtures/test-rsa2048-pbkdf2.pem")),
        ] {
            same_key(
                &SigningKey::from_pem(plain, None).unwrap(),
                &SigningKey::from_pem(encrypted, Some(&passphrase)).unwrap(),
            );
        }
    }

    #[cfg(not(feature = "encrypted-pem"))]
    #[test]
    fn without_the_feature_an_encrypted_key_is_an_error_that_names_it() {
        let passphrase = Passphrase::new(PASSPHRASE);
        for passphrase in [None, Some(&passphrase)] {
            let encrypted = include_str!("fixtures/test-ed25519-pbkdf2.pem");
            let error = SigningKey::from_pem(encrypted, passphrase).unwrap_err();
            assert!(matches!(error, KeyError::EncryptedPemNotEnabled));
            assert!(error.to_string().contains("`encrypted-pem`"));
        }
    }

    #[test]
    fn a_generated_key_survives_writing_and_reading() {
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
            let key = SigningKey::generate(algorithm).unwrap();
            let pem = key.to_pem().unwrap();
            assert!(pem.expose().starts_with("-----BEGIN PRIVATE KEY-----\n"));
            assert!(pem.expose().lines().all(|line| line.len() <= 64));
            let read = SigningKey::from_pem(pem.expose(), None).unwrap();
            assert_eq!(read.key_id(), key.key_id());
            assert_eq!(read.algorithm(), algorithm);
        }
    }

    #[test]
    fn openssl_writes_what_we_write() {
        for pem in [ED25519, P256, RSA2048] {
            let key = SigningKey::from_pem(pem, None).unwrap();
            assert_eq!(key.to_pem().unwrap().expose(), pem);
        }
    }

    #[test]
    fn white_space_does_not_matter() {
        let flat = P256.replace('\n', " ");
        let indented = P256.replace('\n', "\r\n    ");
        let expected = SigningKey::from_pem(P256, None).unwrap();
        for text in [flat, indented, format!("a comment\n{P256}{ED25519}")] {
            let read = SigningKey::from_pem(&text, None).unwrap();
            assert_eq!(read.key_id(), expected.key_id());
        }
    }

    #[test]
    fn errors_say_what_was_expected() {
        let wrong = Passphrase::new("wrong");
        for (pem, passphrase, expected) in [
            (
                include_str!("fixtures/test-ed25519-public.pem"),
                None,
                "expected a private key, found a public one or a certificate",
            ),
            (P384, None, "expected an Ed25519, P-256 or RSA key"),
            (RSA1024, None, "expected an RSA key of at least 2048 bits"),
            (
                include_str!("fixtures/test-rsa1024-pkcs1.pem"),
                None,
                "expected an RSA key of at least 2048 bits",
            ),
            (
                include_str!("fixtures/test-rsa2048-legacy.pem"),
                Some(&wrong),
                "the PEM is encrypted in the format before PKCS#8; convert it with `openssl pkcs8 -topk8`",
            ),
            (
                "not PEM",
                None,
                "the key is not a PEM text with a private key",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                None,
                "the key is not an Ed25519, P-256 or RSA key in well-formed PKCS#8",
            ),
        ] {
            let error = SigningKey::from_pem(pem, passphrase).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        SigningKey::from_pem(include_str!("fixtures/test-p384-sec1.pem"), None).unwrap_err();
    }

    #[cfg(feature = "encrypted-pem")]
    #[test]
    fn errors_of_encrypted_keys_say_what_was_expected() {
        let encrypted = include_str!("fixtures/test-ed25519-pbkdf2.pem");
        let wrong = Passphrase::new("wrong");
        for (pem, passphrase, expected) in [
            (
                encrypted,
                None,
                "the key is encrypted, and no passphrase was given",
            ),
            (
                encrypted,
                Some(&wrong),
                "the passphrase does not decrypt the key",
            ),
            (
                include_str!("fixtures/test-ed25519-pbes1.pem"),
                Some(&wrong),
                "expected a key encrypted by PBES2 with PBKDF2 or scrypt and AES",
            ),
        ] {
            let error = SigningKey::from_pem(pem, passphrase).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }

    /// The first two leave a padding that looks right, as one in 256 does.
    #[cfg(feature = "encrypted-pem")]
    #[test]
    fn a_wrong_passphrase_does_not_look_like_a_broken_key() {
        let encrypted = include_str!("fixtures/test-ed25519-pbkdf2.pem");
        for wrong in ["0", "67", "1", ""] {
            assert!(matches!(
                SigningKey::from_pem(encrypted, Some(&Passphrase::new(wrong))),
                Err(KeyError::WrongPassphrase)
            ));
        }
    }

    #[test]
    fn pkcs8_is_read_as_der() {
        let der = pem::private_key(ED25519).unwrap().der;
        let key = SigningKey::from_pkcs8(&der).unwrap();
        assert_eq!(
            key.key_id(),
            SigningKey::from_pem(ED25519, None).unwrap().key_id()
        );
        for end in 0..der.len() {
            SigningKey::from_pkcs8(&der[..end]).unwrap_err();
        }
        for pem in [ED25519, P256, RSA2048] {
            let mut longer = pem::private_key(pem).unwrap().der;
            longer.push(0);
            SigningKey::from_pkcs8(&longer).unwrap_err();
        }
    }
}

mod jwks {
    use super::*;

    #[test]
    fn what_is_published_reads_back_and_is_public() {
        for pem in [ED25519, P256, RSA2048] {
            let key = SigningKey::from_pem(pem, None).unwrap();
            let jwk = key.verifying_key().to_jwk();
            let members: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&jwk).unwrap();
            assert_eq!(members["kid"], key.key_id());
            assert_eq!(members["alg"], key.algorithm().as_str());
            assert_eq!(members["use"], "sig");
            for private in ["d", "p", "q", "dp", "dq", "qi"] {
                assert!(!members.contains_key(private));
            }
            let read = VerifyingKey::from_jwk(&jwk).unwrap();
            assert_eq!(read.key_id(), key.key_id());
            let signature = key.sign(b"message").unwrap();
            read.verify(b"message", signature.as_ref()).unwrap();
        }
    }

    #[test]
    fn a_public_jwk_is_no_signing_key() {
        for pem in [ED25519, P256, RSA2048] {
            let key = SigningKey::from_pem(pem, None).unwrap();
            assert!(matches!(
                SigningKey::from_jwk(&key.verifying_key().to_jwk()),
                Err(KeyError::NotPrivate)
            ));
        }
    }

    #[test]
    fn members_that_contradict_the_use_are_rejected() {
        for (members, member) in [
            (r#""alg":"ES256","#, "alg"),
            (r#""use":"enc","#, "use"),
            (r#""key_ops":["encrypt"],"#, "key_ops"),
            (r#""key_ops":["verify"],"#, "key_ops"),
        ] {
            let jwk = OKP_JWK.replacen('{', &format!("{{{members}"), 1);
            let error = SigningKey::from_jwk(&jwk).unwrap_err();
            assert!(
                matches!(&error, KeyError::JwkMember { member: found, .. } if *found == member),
                "{error}"
            );
        }
        for members in [
            r#""alg":"EdDSA","use":"sig","key_ops":["sign","verify"],"unknown":{},"#,
            r#""alg":"Ed25519","#,
        ] {
            let jwk = OKP_JWK.replacen('{', &format!("{{{members}"), 1);
            SigningKey::from_jwk(&jwk).unwrap();
            VerifyingKey::from_jwk(&jwk).unwrap();
        }
    }

    #[test]
    fn malformed_jwks_are_rejected() {
        for jwk in [
            "",
            "[]",
            "{}",
            r#"{"kty":"oct","k":"AAAA"}"#,
            r#"{"kty":"OKP"}"#,
            r#"{"kty":"OKP","crv":"X25519","x":"AAAA","d":"AAAA"}"#,
            r#"["OKP","Ed25519"]"#,
            &OKP_JWK.replacen('{', r#"{"kty":"OKP","#, 1),
            &OKP_JWK.replace("nWGx", "nWG"),
            &OKP_JWK.replace("f2A\"", "f2A=\""),
            &OKP_JWK.replace("f2A\"", "f2B\""),
            &OKP_JWK.replace("\"Ed25519\"", "25519"),
            &A3_JWK.replace("P-256", "P-384"),
            &A3_JWK.replace("\"y\"", "\"z\""),
        ] {
            SigningKey::from_jwk(jwk).unwrap_err();
        }
    }

    #[test]
    fn halves_that_do_not_fit_are_rejected() {
        let rsa = include_str!("../token/vectors/rfc7515-a2.jwk.json");
        SigningKey::from_jwk(&rsa.replace("\"Eq5x", "\"Eq5y")).unwrap_err();
        for jwk in [
            OKP_JWK.replace("nWGx", "nWGy"),
            A3_JWK.replace("jpsQ", "jpsR"),
        ] {
            assert!(matches!(
                SigningKey::from_jwk(&jwk),
                Err(KeyError::Mismatch)
            ));
        }
    }

    #[test]
    fn weak_and_unusual_rsa_keys_are_rejected() {
        let short = BASE64_URL_SAFE_NO_PAD.encode([0xff; 255]);
        let long = BASE64_URL_SAFE_NO_PAD.encode([0xff; 1025]);
        for (n, expected) in [
            (short, "expected an RSA key of at least 2048 bits"),
            (long, "expected an RSA key of at most 8192 bits"),
            (
                BASE64_URL_SAFE_NO_PAD.encode([0; 256]),
                "the JWK member `n` is not a number without leading zeros",
            ),
        ] {
            let jwk = format!(r#"{{"kty":"RSA","e":"AQAB","n":"{n}"}}"#);
            let error = VerifyingKey::from_jwk(&jwk).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let modulus = BASE64_URL_SAFE_NO_PAD.encode([0xff; 256]);
        for e in ["AQ", "Ag", "AQAA", "AQAAAAAB"] {
            let jwk = format!(r#"{{"kty":"RSA","e":"{e}","n":"{modulus}"}}"#);
            VerifyingKey::from_jwk(&jwk).unwrap_err();
        }
        let multi_prime =
            include_str!("../token/vectors/rfc7515-a2.jwk.json").replacen('{', r#"{"oth":[],"#, 1);
        SigningKey::from_jwk(&multi_prime).unwrap_err();
    }

    #[test]
    fn a_point_off_the_curve_is_rejected() {
        let jwk = A3_JWK.replace("x_FE", "x_FF");
        VerifyingKey::from_jwk(&jwk).unwrap_err();
    }
}

mod rings {
    use super::*;

    #[test]
    fn finds_active_and_retired_keys() {
        let [old, new] = [0, 1].map(|_| SigningKey::generate(Algorithm::EdDsa).unwrap());
        let ring = KeyRing::new(new.clone()).with_retired(old.clone()).unwrap();
        assert_eq!(ring.active_at(Timestamp::default()).key_id(), new.key_id());
        for key in [&old, &new] {
            assert_eq!(ring.find(key.key_id()).unwrap().key_id(), key.key_id());
            let by_paserk = ring.find(key.paserk_id().unwrap()).unwrap();
            assert_eq!(by_paserk.key_id(), key.key_id());
        }
        assert!(ring.find("another").is_none());
        assert_eq!(ring.iter().count(), 2);
    }

    #[test]
    fn symmetric_keys_are_found_by_either_name() {
        let key = SymmetricKey::generate().unwrap();
        let ring = KeyRing::new(key.clone());
        assert!(ring.find(key.key_id()).is_some());
        assert!(ring.find(key.short_id()).is_some());
        assert!(ring.find("").is_none());
    }

    #[test]
    fn duplicates_are_rejected() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let error = KeyRing::new(key.clone())
            .with_retired(key.clone())
            .unwrap_err();
        assert!(error.to_string().contains(key.key_id()));
        let key = SymmetricKey::generate().unwrap();
        KeyRing::new(key.clone()).with_retired(key).unwrap_err();
    }

    #[test]
    fn the_jwks_holds_all_keys_in_order() {
        let keys = [ED25519, P256, RSA2048].map(|pem| SigningKey::from_pem(pem, None).unwrap());
        let [first, second, third] = keys.clone();
        let ring = KeyRing::new(first)
            .with_retired(second)
            .and_then(|ring| ring.with_retired(third))
            .unwrap();
        let jwks: serde_json::Value =
            serde_json::from_str(&ring.to_jwks(Timestamp::default())).unwrap();
        let published = jwks["keys"].as_array().unwrap();
        assert_eq!(published.len(), 3);
        for (jwk, key) in published.iter().zip(&keys) {
            assert_eq!(jwk["kid"], key.key_id());
            VerifyingKey::from_jwk(&jwk.to_string()).unwrap();
        }
    }

    #[test]
    fn a_retired_key_drops_out_at_its_moment() {
        let [active, for_ever, until] =
            [0, 1, 2].map(|_| SigningKey::generate(Algorithm::EdDsa).unwrap());
        let moment = Timestamp::from_secs(1_800_000_000);
        let ring = KeyRing::new(active.clone())
            .with_retired_until(until.clone(), moment)
            .and_then(|ring| ring.with_retired(for_ever.clone()))
            .unwrap();
        let at = |now| -> Vec<_> { ring.iter_at(now).map(SigningKey::key_id).collect() };
        let before = Timestamp::from_millis(moment.as_millis() - 1);
        let [active, for_ever, until] = [&active, &for_ever, &until].map(SigningKey::key_id);
        assert_eq!(at(before), [active, until, for_ever]);
        assert_eq!(at(moment), [active, for_ever]);
        assert!(ring.to_jwks(before).contains(until));
        assert!(!ring.to_jwks(moment).contains(until));
    }

    #[test]
    fn a_jwks_of_others_is_read_as_far_as_it_can_be_used() {
        let keys = [ED25519, P256].map(|pem| {
            let key = SigningKey::from_pem(pem, None).unwrap().verifying_key();
            (key.key_id().to_owned(), key.to_jwk())
        });
        let [(first, first_jwk), (second, second_jwk)] = keys;
        let encrypting = second_jwk.replace("sig", "enc");
        let jwks = format!(
            r#"{{"x":1,"keys":[{{"kty":"oct"}},7,{encrypting},{first_jwk},{first_jwk},{second_jwk}]}}"#
        );
        let ring = KeyRing::from_jwks(&jwks).unwrap();
        let ids: Vec<_> = ring.iter().map(VerifyingKey::key_id).collect();
        assert_eq!(ids, [first, second]);
    }

    #[test]
    fn a_jwks_without_a_key_to_use_is_an_error() {
        for jwks in [
            "",
            "{}",
            "[]",
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"oct"}]}"#,
        ] {
            let error = KeyRing::from_jwks(jwks).unwrap_err();
            assert!(matches!(error, KeyError::Malformed { .. }), "{jwks}");
        }
    }
}

mod secrecy {
    use super::*;

    /// Whatever a key could be recognised by: its bytes as text of any usual kind.
    fn material(key: &SigningKey) -> Vec<String> {
        let pem = key.to_pem().unwrap();
        let der = pem::private_key(pem.expose()).unwrap().der;
        let mut seen: Vec<_> = der
            .windows(6)
            .flat_map(|bytes| [hex_of(bytes), format!("{bytes:?}")])
            .collect();
        seen.extend(
            pem.expose()
                .lines()
                .filter(|line| !line.starts_with('-'))
                .map(|line| line[..8].to_owned()),
        );
        seen
    }

    #[test]
    fn debug_shows_no_key() {
        for pem in [ED25519, P256, RSA2048] {
            let key = SigningKey::from_pem(pem, None).unwrap();
            let signature = key.sign(b"message").unwrap();
            let shown = format!(
                "{key:?} {key:#?} {:?} {:?} {:?} {signature:?}",
                key.verifying_key(),
                KeyRing::new(key.clone()),
                key.to_pem().unwrap(),
            );
            assert!(shown.contains(key.key_id()));
            for secret in material(&key) {
                assert!(!shown.contains(&secret), "{shown}");
            }
        }
    }

    #[test]
    fn debug_shows_algorithm_and_id_only() {
        let key = SigningKey::from_jwk(OKP_JWK).unwrap();
        assert_eq!(
            format!("{key:?}"),
            "SigningKey(EdDSA kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k ..)"
        );
        assert_eq!(
            format!("{:?}", key.verifying_key()),
            "VerifyingKey(EdDSA kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k)"
        );
        let zeros = format!("k4.local.{}", "A".repeat(43));
        let key = SymmetricKey::from_paserk(&zeros).unwrap();
        assert_eq!(format!("{key:?}"), "SymmetricKey(bqltbNc4 ..)");
        assert_eq!(format!("{:?}", key.expose_paserk()), "SecretText(..)");
        assert_eq!(
            format!("{:?}", Passphrase::new(PASSPHRASE)),
            "Passphrase(..)"
        );
    }

    #[test]
    fn errors_quote_nothing_of_the_input() {
        const PLANTED: &str = "planted-secret-value";
        let inputs = [
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"{PLANTED}\u0041"}}"#),
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":["{PLANTED}"]}}"#),
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"{PLANTED}="}}"#),
            format!(r#""{PLANTED}""#),
            format!("-----BEGIN PRIVATE KEY-----\n{PLANTED}\n-----END PRIVATE KEY-----"),
            format!(
                "-----BEGIN {PLANTED} PRIVATE KEY-----\nAAAA\n-----END {PLANTED} PRIVATE KEY-----"
            ),
            format!("k4.secret.{PLANTED}"),
            format!("k4.local.{PLANTED}"),
        ];
        for input in inputs {
            for error in [
                SigningKey::from_pem(&input, None).unwrap_err(),
                SigningKey::from_jwk(&input).unwrap_err(),
                SigningKey::from_paserk(&input).unwrap_err(),
                SymmetricKey::from_paserk(&input).unwrap_err(),
                VerifyingKey::from_jwk(&input).unwrap_err(),
            ] {
                let shown = format!("{error} {error:?} {:?}", error.source());
                assert!(!shown.contains("planted"), "{shown}");
            }
        }
    }
}

#[test]
fn signatures_do_not_carry_over() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let [key, other] = [0, 1].map(|_| SigningKey::generate(algorithm).unwrap());
        let signature = key.sign(b"message").unwrap();
        let verify = |key: &SigningKey, message: &[u8], signature: &[u8]| {
            key.verifying_key().verify(message, signature)
        };
        assert_eq!(verify(&key, b"message", signature.as_ref()), Ok(()));
        assert_eq!(
            verify(&key, b"massage", signature.as_ref()),
            Err(InvalidSignature)
        );
        assert_eq!(
            verify(&other, b"message", signature.as_ref()),
            Err(InvalidSignature)
        );
        assert_eq!(verify(&key, b"message", b""), Err(InvalidSignature));
        let mut longer = signature.as_ref().to_vec();
        longer.push(0);
        assert_eq!(verify(&key, b"message", &longer), Err(InvalidSignature));
    }
}

#[test]
fn names_of_algorithms_round_trip() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
    }
    for name in ["", "none", "es256", "HS256", "RS512"] {
        assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn readers_never_panic(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = SigningKey::from_pem(&text, None);
        let _ = SigningKey::from_pem(&format!("-----BEGIN PRIVATE KEY-----{text}-----END PRIVATE KEY-----"), None);
        let _ = SigningKey::from_jwk(&text);
        let _ = SigningKey::from_paserk(&text);
        let _ = SigningKey::from_pkcs8(&bytes);
        let _ = SymmetricKey::from_paserk(&text);
        let _ = VerifyingKey::from_jwk(&text);
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
        .collect()
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
