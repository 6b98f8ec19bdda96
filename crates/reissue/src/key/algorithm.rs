use std::fmt;
use std::str::FromStr;

/// A signature algorithm, under its JOSE name.
///
/// ```
/// use reissue::key::Algorithm;
///
/// assert_eq!(Algorithm::Es256.to_string(), "ES256");
/// assert_eq!("EdDSA".parse(), Ok(Algorithm::EdDsa));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// `EdDSA` with Ed25519 (RFC 8037 §3.1): the fastest to sign, and the only one of PASETO
    /// `v4.public`.
    EdDsa,
    /// `ES256`: ECDSA with P-256 and SHA-256 (RFC 7518 §3.4).
    Es256,
    /// `RS256`: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3). Every resource server of RFC 9068
    /// must support it (§2.1); it is the slowest to sign.
    Rs256,
}

impl Algorithm {
    /// Returns the name in the IANA registry of JOSE algorithms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        [Self::EdDsa, Self::Es256, Self::Rs256]
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
            .ok_or(UnknownAlgorithm)
    }
}

/// The error for a name other than `EdDSA`, `ES256` and `RS256`. Names are case-sensitive (RFC 7515
/// §4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of EdDSA, ES256 and RS256")]
#[non_exhaustive]
pub struct UnknownAlgorithm;
