//! Private keys from PEM and PKCS#8. JWK and PASERK have files of their own.

use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair,
};

use super::pair::KeyPair;
use super::{KeyError, Passphrase, encrypted, pem};

pub(super) fn from_pem(text: &str, passphrase: Option<&Passphrase>) -> Result<KeyPair, KeyError> {
    let block = pem::private_key(text)?;
    match block.label {
        "EC PRIVATE KEY" => {
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &block.der)
                .map(KeyPair::Es256)
                .map_err(|reason| KeyError::rejected("an EC key on the curve P-256", reason))
        }
        "ENCRYPTED PRIVATE KEY" => {
            encrypted::decrypt(&block.der, passphrase).and_then(|der| from_pkcs8(&der))
        }
        "PRIVATE KEY" => from_pkcs8(&block.der),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&block.der)
            .map(KeyPair::Rs256)
            .map_err(|reason| KeyError::rejected("a consistent RSA key of two primes", reason)),
        _ => Err(KeyError::malformed(
            "PEM of the label PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY",
        )),
    }
}

/// Reads unencrypted PKCS#8. The algorithm is found by trial: each reader of the cryptographic
/// library accepts the keys of one algorithm and rejects all others.
pub(super) fn from_pkcs8(der: &[u8]) -> Result<KeyPair, KeyError> {
    type Reader = fn(&[u8]) -> Result<KeyPair, KeyRejected>;

    if !is_one_sequence(der) {
        return Err(KeyError::malformed(PKCS8));
    }
    let readers: [Reader; 3] = [
        |der| Ed25519KeyPair::from_pkcs8(der).map(KeyPair::EdDsa),
        |der| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(KeyPair::Es256),
        |der| RsaKeyPair::from_pkcs8(der).map(KeyPair::Rs256),
    ];
    let another_algorithm = Err(KeyError::UnsupportedAlgorithm);
    readers
        .into_iter()
        .fold(another_algorithm, |read, reader| match read {
            Err(KeyError::UnsupportedAlgorithm) => {
                reader(der).map_err(|reason| KeyError::rejected(PKCS8, reason))
            }
            read => read,
        })
}

/// Returns whether the input ends where its outermost sequence does. The library ignores what
/// follows it.
fn is_one_sequence(der: &[u8]) -> bool {
    let (length, rest) = match der {
        [0x30, length @ ..=0x7f, rest @ ..] | [0x30, 0x81, length, rest @ ..] => {
            (usize::from(*length), rest)
        }
        [0x30, 0x82, high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]).into(), rest),
        _ => return false,
    };
    rest.len() == length
}

const PKCS8: &str = "an Ed25519, P-256 or RSA key in well-formed PKCS#8";
