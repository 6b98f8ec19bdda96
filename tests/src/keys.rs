//! The keys of a server, kept beside it: for a second server with the same ones, and to look into
//! refresh tokens.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::Local;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use reissue::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use reissue::store::Revision;
use reissue::token::Jwt;
use reissue::{Keys, Timestamp};
use serde_json::Value;

use crate::ISSUER;

/// The keys of a server. Clones are the same keys.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestKeys {
    /// Signs access tokens.
    pub signing: SigningKey,
    /// Seals refresh tokens.
    pub sealing: SymmetricKey,
}

/// What is inside a refresh token, read by `pasetors` and not by the code under test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// The secret of the family.
    pub secret: Vec<u8>,
    /// The generation.
    pub generation: u64,
    /// The revision of the grant.
    pub revision: Revision,
    /// The scope of the grant.
    pub scope: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When the session ends at the latest.
    pub expires_at: Option<Timestamp>,
}

impl TestKeys {
    /// These.
    #[must_use]
    pub fn new(signing: SigningKey, sealing: SymmetricKey) -> Self {
        Self { signing, sealing }
    }

    /// Fresh ones.
    ///
    /// # Panics
    ///
    /// If there is no randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self {
            signing: SigningKey::generate(Algorithm::EdDsa).expect("there is randomness"),
            sealing: SymmetricKey::generate().expect("there is randomness"),
        }
    }

    /// As a server takes them.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(
            Jwt::new(KeyRing::new(self.signing.clone())),
            KeyRing::new(self.sealing.clone()),
        )
    }

    /// The bytes of the key that seals.
    ///
    /// # Panics
    ///
    /// If the key is not written as PASERK says.
    #[must_use]
    pub fn sealing_bytes(&self) -> Vec<u8> {
        let paserk = self.sealing.expose_paserk();
        let encoded = paserk.expose().strip_prefix("k4.local.");
        BASE64_URL_SAFE_NO_PAD
            .decode(encoded.expect("the key is written as PASERK"))
            .expect("the key is base64url")
    }

    /// Looks into a refresh token.
    ///
    /// # Panics
    ///
    /// If it does not open.
    #[must_use]
    pub fn open(&self, token: &str) -> Opened {
        let key = pasetors::keys::SymmetricKey::<V4>::from(&self.sealing_bytes())
            .expect("the key is of 32 bytes");
        let assertion = serde_json::json!(["reissue", 1, "refresh", ISSUER]).to_string();
        let token = UntrustedToken::<Local, V4>::try_from(token).expect("the token is well-formed");
        let footer = token.untrusted_footer().to_owned();
        let opened = LocalToken::decrypt(&key, &token, Some(&footer), Some(assertion.as_bytes()))
            .expect("the token opens");
        let payload: Value = serde_json::from_str(opened.payload()).expect("the payload is JSON");
        Opened {
            secret: BASE64_URL_SAFE_NO_PAD
                .decode(payload["s"].as_str().expect("there is a secret"))
                .expect("the secret is base64url"),
            generation: payload["g"].as_u64().expect("there is a generation"),
            revision: payload["r"].as_str().map_or(Revision::ORIGINAL, |text| {
                let bytes = BASE64_URL_SAFE_NO_PAD.decode(text);
                let bytes = bytes.expect("the revision is base64url");
                Revision::from_bytes(bytes.try_into().expect("of 16 bytes"))
            }),
            scope: payload["a"]["p"].as_str().unwrap_or_default().to_owned(),
            issued_at: Timestamp::from_millis(payload["i"].as_u64().expect("there is a time")),
            expires_at: payload["x"].as_u64().map(Timestamp::from_millis),
        }
    }
}
