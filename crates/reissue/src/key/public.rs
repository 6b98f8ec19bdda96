use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::{Algorithm, KeyError};

/// The numbers of a public key, without an encoding.
pub(super) enum PublicParts {
    EdDsa([u8; 32]),
    /// `0x04 || x || y`
    Es256([u8; 65]),
    /// Big-endian without leading zeros.
    Rs256 {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl PublicParts {
    /// Extracts the numbers of an RSA key, which the library returns as `RSAPublicKey` only (RFC
    /// 8017 §A.1.1), and checks with the library that they are those of the key.
    pub(super) fn of_rsa(key: &rsa::PublicKey) -> Result<Self, KeyError> {
        let (n, e) = rsa_numbers(key.as_ref()).ok_or(KeyError::Unusable)?;
        let whole = AsDer::<PublicKeyX509Der<'_>>::as_der(key).map_err(|_| KeyError::Unusable)?;
        if rsa_der(n, e)? != whole.as_ref() {
            return Err(KeyError::Unusable);
        }
        Ok(Self::Rs256 {
            n: n.to_vec(),
            e: e.to_vec(),
        })
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Es256(_) => Algorithm::Es256,
            Self::Rs256 { .. } => Algorithm::Rs256,
        }
    }

    pub(super) fn parse(&self) -> Result<ParsedPublicKey, KeyError> {
        match self {
            Self::EdDsa(x) => UnparsedPublicKey::new(&ED25519, x)
                .parse()
                .map_err(|reason| KeyError::rejected("an Ed25519 public key", reason)),
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .parse()
                .map_err(|reason| KeyError::rejected("a P-256 public key", reason)),
            Self::Rs256 { n, e } => {
                check_modulus(n)?;
                // Built from a whole key, not from the numbers, because the library checks only the
                // former.
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, rsa_der(n, e)?)
                    .parse()
                    .map_err(|reason| KeyError::rejected(RSA_PUBLIC_KEY, reason))
            }
        }
    }

    /// Returns the digest of the required members in lexicographic order, without white space (RFC
    /// 7638 §3).
    pub(super) fn thumbprint(&self) -> String {
        let required = match self {
            Self::EdDsa(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x)),
            Self::Es256(point) => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                encode(&point[1..33]),
                encode(&point[33..])
            ),
            Self::Rs256 { n, e } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(e), encode(n))
            }
        };
        encode(digest(&SHA256, required.as_bytes()).as_ref())
    }

    pub(super) fn to_jwk(&self, key_id: &str) -> String {
        let (numbers, algorithm) = (self.numbers(), self.algorithm());
        format!(r#"{{{numbers},"kid":"{key_id}","alg":"{algorithm}","use":"sig"}}"#)
    }

    #[cfg(feature = "paseto")]
    pub(super) fn to_paseto_jwk(&self, paserk_id: &str) -> String {
        let numbers = self.numbers();
        format!(r#"{{{numbers},"kid":"{paserk_id}","use":"sig"}}"#)
    }

    fn numbers(&self) -> String {
        match self {
            Self::EdDsa(x) => format!(r#""kty":"OKP","crv":"Ed25519","x":"{}""#, encode(x)),
            Self::Es256(point) => format!(
                r#""kty":"EC","crv":"P-256","x":"{}","y":"{}""#,
                encode(&point[1..33]),
                encode(&point[33..])
            ),
            Self::Rs256 { n, e } => {
                format!(r#""kty":"RSA","n":"{}","e":"{}""#, encode(n), encode(e))
            }
        }
    }
}

/// Returns the numbers of an `RSAPublicKey` as the library writes it: a sequence of two integers,
/// where the lengths of the sequence and of the first integer take two bytes each.
fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x30, 0x82, _, _, 0x02, 0x82, high, low, rest @ ..] = der else {
        return None;
    };
    let (n, rest) = rest.split_at_checked(u16::from_be_bytes([*high, *low]).into())?;
    let [0x02, _, e @ ..] = rest else {
        return None;
    };
    // A zero keeps the number positive where its highest bit is set.
    let unsigned = |number| <[u8]>::strip_prefix(number, &[0]).unwrap_or(number);
    Some((unsigned(n), unsigned(e)))
}

/// Returns an RSA key as `SubjectPublicKeyInfo` (RFC 5280 §4.1).
fn rsa_der(n: &[u8], e: &[u8]) -> Result<Vec<u8>, KeyError> {
    let der: PublicKeyX509Der<'_> = RsaPublicKeyComponents { n, e }
        .as_der()
        .map_err(|_| KeyError::malformed(RSA_PUBLIC_KEY))?;
    Ok(der.as_ref().to_vec())
}

/// Checks the modulus here, because aws-lc-rs checks it only when it verifies, which is too late
/// for an error at start.
fn check_modulus(n: &[u8]) -> Result<(), KeyError> {
    let leading_zeros = n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    match n.len() * 8 - leading_zeros {
        0..2048 => Err(KeyError::RsaTooSmall),
        2048..=8192 => Ok(()),
        _ => Err(KeyError::RsaTooLarge),
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

const RSA_PUBLIC_KEY: &str = "an RSA public key";
