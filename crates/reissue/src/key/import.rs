//! Private keys from what people have: PEM, PKCS#8, PASERK. JWK has a file of its own.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pkcs8::der::Decode as _;
use pkcs8::der::asn1::SequenceRef;
use pkcs8::pkcs5;
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::pair::KeyPair;
use super::{KeyError, Passphrase, pem};

pub(super) fn from_pem(text: &str, passphrase: Option<&Passphrase>) -> Result<KeyPair, KeyError> {
    let block = pem::private_key(text)?;
    match block.label {
        "EC PRIVATE KEY" => {
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &block.der)
                .map(KeyPair::Es256)
                .map_err(|reason| KeyError::rejected("an EC key on the curve P-256", reason))
        }
        "ENCRYPTED PRIVATE KEY" => {
            from_encrypted_pkcs8(&block.der, passphrase.ok_or(KeyError::MissingPassphrase)?)
        }
        "PRIVATE KEY" => from_pkcs8(&block.der),
        "RSA PRIVATE KEY" => rsa_from_der(&block.der),
        _ => Err(KeyError::malformed(
            "PEM of the label PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY",
        )),
    }
}

pub(super) fn from_pkcs8(der: &[u8]) -> Result<KeyPair, KeyError> {
    let info = PrivateKeyInfoRef::try_from(der)
        .map_err(|error| KeyError::malformed_because(PKCS8, error))?;
    match info.algorithm.oid {
        ED25519 => Ed25519KeyPair::from_pkcs8(der)
            .map(KeyPair::EdDsa)
            .map_err(|reason| KeyError::rejected("an Ed25519 key in PKCS#8", reason)),
        EC_PUBLIC_KEY if info.algorithm.parameters_oid() == Ok(P256) => {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                .map(KeyPair::Es256)
                .map_err(|reason| KeyError::rejected("a P-256 key in PKCS#8", reason))
        }
        RSA_ENCRYPTION => RsaKeyPair::from_pkcs8(der)
            .map(KeyPair::Rs256)
            .map_err(|reason| KeyError::rejected("an RSA key in PKCS#8", reason)),
        _ => Err(KeyError::UnsupportedAlgorithm),
    }
}

/// `RSAPrivateKey` (RFC 8017 §A.1.2).
pub(super) fn rsa_from_der(der: &[u8]) -> Result<KeyPair, KeyError> {
    RsaKeyPair::from_der(der)
        .map(KeyPair::Rs256)
        .map_err(|reason| KeyError::rejected("a consistent RSA key of two primes", reason))
}

/// `k4.secret`: seed and public key, 64 bytes (PASERK, type `secret`).
pub(super) fn from_paserk(text: &str) -> Result<KeyPair, KeyError> {
    let Some(encoded) = text.strip_prefix("k4.secret.") else {
        return Err(if text.starts_with("k4.public.") {
            KeyError::NotPrivate
        } else {
            KeyError::malformed(PASERK_SECRET)
        });
    };
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(encoded)
        .map(Zeroizing::new)
        .map_err(|_| KeyError::malformed(PASERK_SECRET))?;
    if bytes.len() != 64 {
        return Err(KeyError::malformed(PASERK_SECRET));
    }
    let (seed, public) = bytes.split_at(32);
    Ed25519KeyPair::from_seed_and_public_key(seed, public)
        .map(KeyPair::EdDsa)
        .map_err(|reason| KeyError::rejected(PASERK_SECRET, reason))
}

fn from_encrypted_pkcs8(der: &[u8], passphrase: &Passphrase) -> Result<KeyPair, KeyError> {
    // The decoder knows no scheme but PBES2, so what it cannot read, and is DER, is another one.
    <&SequenceRef>::from_der(der).map_err(|error| KeyError::malformed_because(PKCS8, error))?;
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|error| KeyError::UnsupportedEncryption(Box::new(error)))?;
    let decrypted = encrypted
        .decrypt(passphrase.as_bytes())
        .map_err(|error| match error {
            // One wrong passphrase in 256 leaves a padding that looks right, and rubbish before it.
            pkcs8::Error::Asn1(_)
            | pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) => {
                KeyError::WrongPassphrase
            }
            other => KeyError::UnsupportedEncryption(Box::new(other)),
        })?;
    from_pkcs8(decrypted.as_bytes())
}

const PKCS8: &str = "well-formed PKCS#8";
const PASERK_SECRET: &str = "a PASERK of the type k4.secret";

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
