use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use zeroize::Zeroizing;

use super::public::PublicParts;
use super::{Algorithm, KeyError, Signature};

/// A private key in the memory of aws-lc-rs, which erases it.
pub(super) enum KeyPair {
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl KeyPair {
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Self::EdDsa),
            Algorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self::Es256)
            }
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Self::Rs256),
        }
        .map_err(|Unspecified| KeyError::Generate)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        match self {
            Self::EdDsa(pair) => {
                fixed(pair.try_sign(message).map_err(unusable)?.as_ref()).map(Signature::of_curve)
            }
            Self::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message);
                fixed(signature.map_err(unusable)?.as_ref()).map(Signature::of_curve)
            }
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let (padding, random) = (&RSA_PKCS1_SHA256, SystemRandom::new());
                pair.sign(padding, &random, message, &mut signature)
                    .map_err(unusable)?;
                Ok(Signature::of_rsa(signature))
            }
        }
    }

    pub(super) fn public(&self) -> Result<PublicParts, KeyError> {
        match self {
            Self::EdDsa(pair) => fixed(pair.public_key().as_ref()).map(PublicParts::EdDsa),
            Self::Es256(pair) => fixed(pair.public_key().as_ref()).map(PublicParts::Es256),
            Self::Rs256(pair) => PublicParts::of_rsa(pair.public_key()),
        }
    }

    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let copy = |der: &[u8]| Zeroizing::new(der.to_vec());
        match self {
            Self::EdDsa(pair) => pair.to_pkcs8v1().map(|der| copy(der.as_ref())),
            Self::Es256(pair) => pair.to_pkcs8v1().map(|der| copy(der.as_ref())),
            Self::Rs256(pair) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| copy(der.as_ref()))
            }
        }
        .map_err(unusable)
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], KeyError> {
    bytes.try_into().map_err(|_| KeyError::Unusable)
}

fn unusable(_: Unspecified) -> KeyError {
    KeyError::Unusable
}
