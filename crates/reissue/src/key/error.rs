use std::error::Error;

use aws_lc_rs::error::KeyRejected;

use super::Algorithm;
use super::identified::Identified;

/// The error for a key that cannot be used. It names what was expected, and contains no key
/// material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Two keys of a ring have the same key id, so a token could not name one of them.
    #[error("two keys of the ring have the key id {key_id}")]
    Duplicate {
        /// The id that both have.
        key_id: String,
    },
    /// A ring without keys.
    #[error("there is no key")]
    Empty,
    /// The key is encrypted, and the crate is built without the feature `encrypted-pem`, which
    /// reads such keys.
    #[error("the key is encrypted; to read it, enable the feature `encrypted-pem` of `reissue`")]
    EncryptedPemNotEnabled,
    /// The operating system gave no randomness, or key generation failed.
    #[error("no key could be generated")]
    Generate,
    /// A member of a JWK is missing or has the wrong value.
    #[error("the JWK member `{member}` is not {expected}")]
    JwkMember {
        /// The member's name.
        member: &'static str,
        /// The expected value.
        expected: &'static str,
    },
    /// The PEM is encrypted in OpenSSL's old format (`Proc-Type: 4,ENCRYPTED`), with a key derived
    /// by one round of MD5. `openssl pkcs8 -topk8` converts it to `ENCRYPTED PRIVATE KEY`.
    #[error(
        "the PEM is encrypted in the format before PKCS#8; convert it with `openssl pkcs8 -topk8`"
    )]
    LegacyEncryption,
    /// The input is not in the expected format.
    #[error("the key is not {expected}")]
    Malformed {
        /// The format.
        expected: &'static str,
        /// The error of the decoder, if it is safe to log.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The private and the public half are not a pair.
    #[error("the public half of the key does not belong to its private half")]
    Mismatch,
    /// The key is encrypted, and no passphrase was given.
    #[error("the key is encrypted, and no passphrase was given")]
    MissingPassphrase,
    /// A public key or a certificate, where a private key is needed.
    #[error("expected a private key, found a public one or a certificate")]
    NotPrivate,
    /// Every key of the ring is used only from a later time, so there is none to use until then.
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
    /// Two keys of a ring have the same `used_from`, so one of them would never be used.
    #[error("the key {key_id} is used from the same time on as another one")]
    SameTime {
        /// The id of one of them.
        key_id: String,
    },
    /// The key could not sign, or could not be written.
    #[error("the cryptographic library cannot use the key")]
    Unusable,
    /// Not one of the three kinds of key.
    #[error("expected an Ed25519, P-256 or RSA key")]
    UnsupportedAlgorithm,
    /// The key is encrypted, but not encrypted by PBES2 with PBKDF2 or scrypt and AES.
    #[error("expected a key encrypted by PBES2 with PBKDF2 or scrypt and AES")]
    UnsupportedEncryption(#[source] Box<dyn Error + Send + Sync>),
    /// A key for an algorithm that its use does not permit.
    #[error("expected a key for {expected}, found one for {found}")]
    WrongAlgorithm {
        /// The permitted algorithm.
        expected: Algorithm,
        /// The algorithm of the key.
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

    /// The reasons that aws-lc-rs gives are fixed names, so they are safe to log.
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

/// Returns the id of the key in its tokens, or in a JWK Set.
fn name_of(key: &impl Identified) -> String {
    key.key_ids().next().unwrap_or_default().to_owned()
}
