//! Keys from JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use aws_lc_rs::rsa::KeyPairComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::pair::KeyPair;
use super::public::PublicParts;
use super::{Algorithm, KeyError};

/// The members that matter, borrowed from the text, so that no copy of a private number is made
/// before it is decoded. Repeated members are an error, unknown ones are ignored (RFC 7517 §4).
#[derive(Deserialize)]
pub(super) struct Jwk<'a> {
    kty: Option<&'a str>,
    crv: Option<&'a str>,
    alg: Option<&'a str>,
    #[serde(rename = "use")]
    use_: Option<&'a str>,
    #[serde(borrow)]
    key_ops: Option<Vec<&'a str>>,
    x: Option<&'a str>,
    y: Option<&'a str>,
    n: Option<&'a str>,
    e: Option<&'a str>,
    d: Option<&'a str>,
    p: Option<&'a str>,
    q: Option<&'a str>,
    dp: Option<&'a str>,
    dq: Option<&'a str>,
    qi: Option<&'a str>,
    oth: Option<IgnoredAny>,
}

impl<'a> Jwk<'a> {
    /// The cause is dropped, because a JSON error quotes the unexpected value, which may be secret.
    pub(super) fn parse(text: &'a str) -> Result<Self, KeyError> {
        if !text.trim_start().starts_with('{') {
            return Err(KeyError::malformed(JWK));
        }
        serde_json::from_str(text).map_err(|_| KeyError::malformed(JWK))
    }

    pub(super) fn private(&self) -> Result<KeyPair, KeyError> {
        let algorithm = self.algorithm("sign")?;
        if self.d.is_none() {
            return Err(KeyError::NotPrivate);
        }
        match algorithm {
            Algorithm::EdDsa => {
                let (d, x) = (fixed::<32>("d", self.d)?, fixed::<32>("x", self.x)?);
                Ed25519KeyPair::from_seed_and_public_key(&*d, &*x)
                    .map(KeyPair::EdDsa)
                    .map_err(|reason| KeyError::rejected(JWK, reason))
            }
            Algorithm::Es256 => {
                let (d, point) = (fixed::<32>("d", self.d)?, self.point()?);
                EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &*d,
                    &point,
                )
                .map(KeyPair::Es256)
                .map_err(|reason| KeyError::rejected(JWK, reason))
            }
            Algorithm::Rs256 => self.rsa_private_key(),
        }
    }

    pub(super) fn public(&self) -> Result<PublicParts, KeyError> {
        Ok(match self.algorithm("verify")? {
            Algorithm::EdDsa => PublicParts::EdDsa(*fixed("x", self.x)?),
            Algorithm::Es256 => PublicParts::Es256(self.point()?),
            Algorithm::Rs256 => PublicParts::Rs256 {
                n: public_number("n", self.n)?,
                e: public_number("e", self.e)?,
            },
        })
    }

    /// Returns the algorithm by `kty` and `crv`. `alg`, `use` and `key_ops` may be absent and must
    /// not contradict it.
    fn algorithm(&self, operation: &str) -> Result<Algorithm, KeyError> {
        let algorithm = match (self.kty, self.crv) {
            (Some("OKP"), Some("Ed25519")) => Algorithm::EdDsa,
            (Some("EC"), Some("P-256")) => Algorithm::Es256,
            (Some("RSA"), _) => Algorithm::Rs256,
            (Some("OKP" | "EC"), Some(_)) => return Err(KeyError::UnsupportedAlgorithm),
            (Some("OKP" | "EC"), None) => return Err(member("crv", "Ed25519 or P-256")),
            _ => return Err(member("kty", "OKP, EC or RSA")),
        };
        match (algorithm, self.alg) {
            // RFC 9864 has a name for EdDSA that pins the curve.
            (_, None) | (Algorithm::EdDsa, Some("Ed25519")) => {}
            (_, Some(name)) if name == algorithm.as_str() => {}
            _ => return Err(member("alg", "the algorithm of `kty` and `crv`")),
        }
        if self.use_.is_some_and(|use_| use_ != "sig") {
            return Err(member("use", "sig"));
        }
        let denied = |operations: &Vec<&str>| {
            !operations
                .iter()
                .any(|name| *name == operation || *name == "sign")
        };
        if self.key_ops.as_ref().is_some_and(denied) {
            return Err(member("key_ops", "a list with sign or verify"));
        }
        Ok(algorithm)
    }

    /// Returns the uncompressed point `0x04 || x || y`.
    fn point(&self) -> Result<[u8; 65], KeyError> {
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&*fixed::<32>("x", self.x)?);
        point[33..].copy_from_slice(&*fixed::<32>("y", self.y)?);
        Ok(point)
    }

    /// Builds the private key. The library checks that the numbers fit together.
    fn rsa_private_key(&self) -> Result<KeyPair, KeyError> {
        if self.oth.is_some() {
            return Err(member(
                "oth",
                "absent: only keys of two primes are supported",
            ));
        }
        RsaKeyPair::from_components(&KeyPairComponents {
            public_key: RsaPublicKeyComponents {
                n: public_number("n", self.n)?,
                e: public_number("e", self.e)?,
            },
            d: bytes("d", self.d)?.as_slice(),
            p: bytes("p", self.p)?.as_slice(),
            q: bytes("q", self.q)?.as_slice(),
            dP: bytes("dp", self.dp)?.as_slice(),
            dQ: bytes("dq", self.dq)?.as_slice(),
            qInv: bytes("qi", self.qi)?.as_slice(),
        })
        .map(KeyPair::Rs256)
        .map_err(|reason| KeyError::rejected(JWK, reason))
    }
}

fn fixed<const N: usize>(
    name: &'static str,
    value: Option<&str>,
) -> Result<Zeroizing<[u8; N]>, KeyError> {
    <[u8; N]>::try_from(bytes(name, value)?.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| member(name, "32 bytes in base64url"))
}

/// Reads a `Base64urlUInt`: as few octets as the number needs (RFC 7518 §2), so that each key has
/// one thumbprint.
fn public_number(name: &'static str, value: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let bytes = bytes(name, value)?.to_vec();
    match bytes.first() {
        None | Some(0) => Err(member(name, "a number without leading zeros")),
        Some(_) => Ok(bytes),
    }
}

fn bytes(name: &'static str, value: Option<&str>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let encoded = value.ok_or(member(name, "present"))?;
    BASE64_URL_SAFE_NO_PAD
        .decode(encoded)
        .map(Zeroizing::new)
        .map_err(|_| member(name, "base64url without padding"))
}

fn member(member: &'static str, expected: &'static str) -> KeyError {
    KeyError::JwkMember { member, expected }
}

const JWK: &str = "a well-formed JWK";
