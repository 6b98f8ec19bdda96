use std::fmt;

/// A signature in the form of JOSE and PASETO: 64 bytes for `EdDSA` and `ES256` (`r || s`), and the
/// length of the modulus for `RS256`.
#[derive(Clone)]
pub struct Signature(Bytes);

impl Signature {
    pub(super) fn of_curve(signature: [u8; 64]) -> Self {
        Self(Bytes::Curve(signature))
    }

    pub(super) fn of_rsa(signature: Vec<u8>) -> Self {
        Self(Bytes::Rsa(signature))
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Curve(signature) => signature,
            Bytes::Rsa(signature) => signature,
        }
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature")
            .field("len", &self.as_ref().len())
            .finish_non_exhaustive()
    }
}

/// The bytes of a signature. Those of elliptic curves need no heap allocation.
#[derive(Clone)]
enum Bytes {
    Curve([u8; 64]),
    Rsa(Vec<u8>),
}

/// The error for a signature that was not made by this key for this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
#[non_exhaustive]
pub struct InvalidSignature;
