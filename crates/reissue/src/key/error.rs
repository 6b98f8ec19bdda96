use std::error::Error;

use aws_lc_rs::error::KeyRejected;

use super::Algorithm;
use super::identified::Identified;

/// A key cannot be used. Says what was expected; never holds key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Two keys of a ring go by the same key id, so a token could not say which of them it means.
    #[error("two keys of the ring have the key id {key_id}")]
    Duplicate {
        /// The id that both have.
        key_id: String,
    },
    /// A ring of no keys.
    #[error("there is no key")]
    Empty,
    /// The key is encrypted, and the crate is built without the feature `encrypted-pem`, which
    /// reads such keys.
    #[error("the key is encrypted; to read it, enable the feature `encrypted-pem` of `reissue`")]
    EncryptedPemNotEnabled,
    /// The operating system gave no randomness, or key generation failed.
    #[error("no key could be generated")]
    Generate,
    /// A member of a JWK is missing or says something else than it must.
    #[error("the JWK member `{member}` is not {expected}")]
    JwkMember {
        /// The member's name.
        member: &'static str,
        /// What it should have been.
        expected: &'static str,
    },
    /// The PEM is encrypted the old way of OpenSSL (`Proc-Type: 4,ENCRYPTED`), with a key derived
    /// by one round of MD5. `openssl pkcs8 -topk8` converts it to `ENCRYPTED PRIVATE KEY`.
    #[error("the PEM is encrypted the way before PKCS#8; convert it with `openssl pkcs8 -topk8`")]
    LegacyEncryption,
    /// The input is not in the format that was asked for.
    #[error("the key is not {expected}")]
    Malformed {
        /// The format.
        expected: &'static str,
        /// What the decoder says, if it says anything that is fit to be logged.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The private and the public half do not belong together.
    #[error("the public half of the key does not belong to its private half")]
    Mismatch,
    /// The key is encrypted, and there is no passphrase to decrypt it with.
    #[error("the key is encrypted, and no passphrase was given")]
    MissingPassphrase,
    /// A public key or a certificate, where a private key is needed.
    #[error("expected a private key, found a public one or a certificate")]
    NotPrivate,
    /// The time from which it is used is yet to come for every key of a ring, so that there would
    /// be nothing to seal with until then.
    #[error("the key {key_id} is not used yet, and there is none to use before it")]
    NotYetUsed {
        /// The id of the key with the earliest time.
        key_id: String,
    },
    /// An RSA key of more than 8192 bits.
    #[error("expected an RSA key of at most 8192 bits")]
    RsaTooLarge,
    /// An RSA key of fewer than 2048 bits, which RFC 7518 §3.3 forbids.
    #[error("expected an RSA key of at least 2048 bits")]
    RsaTooSmall,
    /// Two keys of a ring are used from the same time on, so one of them never would be.
    #[error("the key {key_id} is used from the same time on as another one")]
    SameTime {
        /// The id of one of them.
        key_id: String,
    },
    /// The key made no signature, or could not be written.
    #[error("the cryptographic library refused to use the key")]
    Unusable,
    /// Not one of the three kinds of key.
    #[error("expected an Ed25519, P-256 or RSA key")]
    UnsupportedAlgorithm,
    /// The key is encrypted, but not encrypted by PBES2 with PBKDF2 or scrypt and AES.
    #[error("expected a key encrypted by PBES2 with PBKDF2 or scrypt and AES")]
    UnsupportedEncryption(#[source] Box<dyn Error + Send + Sync>),
    /// A key of another algorithm than its use permits.
    #[error("expected a key for {expected}, found one for {found}")]
    WrongAlgorithm {
        /// What the use permits.
        expected: Algorithm,
        /// What the key is for.
        found: Algorithm,
    },
    /// The passphrase does not decrypt the key.
    #[error("the passphrase does not decrypt the key")]
    WrongPassphrase,
}

impl KeyError {
    pub(super) fn not_yet_used(key: &impl Identified) -> Self {
        Self::NotYetUsed {
            key_id: name_of(key),
        }
    }

    pub(super) fn same_time(key: &impl Identified) -> Self {
        Self::SameTime {
            key_id: name_of(key),
        }
    }

    pub(super) fn malformed(expected: &'static str) -> Self {
        Self::Malformed {
            expected,
            source: None,
        }
    }

    pub(super) fn malformed_because<E>(expected: &'static str, source: E) -> Self
    where
        E: Error + Send + Sync + 'static,
    {
        Self::Malformed {
            expected,
            source: Some(Box::new(source)),
        }
    }

    /// The reasons of aws-lc-rs are names without content, so they may be logged.
    pub(super) fn rejected(expected: &'static str, reason: KeyRejected) -> Self {
        match reason.description_() {
            "InconsistentComponents" => Self::Mismatch,
            "TooLarge" => Self::RsaTooLarge,
            "TooSmall" => Self::RsaTooSmall,
            "WrongAlgorithm" => Self::UnsupportedAlgorithm,
            _ => Self::malformed_because(expected, reason),
        }
    }
}

/// The id that the key goes by in its tokens, or in a JWK Set.
fn name_of(key: &impl Identified) -> String {
    key.key_ids().next().unwrap_or_default().to_owned()
}
