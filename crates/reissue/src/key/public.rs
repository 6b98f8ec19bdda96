use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pkcs8::der::asn1::UintRef;
use pkcs8::der::{Decode as _, Encode as _};

use super::{Algorithm, KeyError};

/// The numbers that make a public key, apart from any encoding.
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
    /// From `RSAPublicKey` (RFC 8017 §A.1.1), which is all that aws-lc-rs tells of a public RSA key.
    pub(super) fn from_rsa_der(der: &[u8]) -> Result<Self, KeyError> {
        let numbers = Vec::<UintRef<'_>>::from_der(der)
            .map_err(|error| KeyError::malformed_because(RSA_PUBLIC_KEY, error))?;
        let [n, e] = numbers.as_slice() else {
            return Err(KeyError::malformed(RSA_PUBLIC_KEY));
        };
        Ok(Self::Rs256 {
            n: n.as_bytes().to_vec(),
            e: e.as_bytes().to_vec(),
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
                let der = UintRef::new(n)
                    .and_then(|n| [n, UintRef::new(e)?].to_der())
                    .map_err(|error| KeyError::malformed_because(RSA_PUBLIC_KEY, error))?;
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
                    .parse()
                    .map_err(|reason| KeyError::rejected(RSA_PUBLIC_KEY, reason))
            }
        }
    }

    /// The digest of the required members in lexicographic order, without white space (RFC 7638 §3).
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

/// aws-lc-rs checks a public modulus only when it verifies, which is too late to tell the operator.
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
