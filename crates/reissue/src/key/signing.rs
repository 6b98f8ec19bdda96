use std::fmt;
use std::sync::Arc;

use super::identified::Identified;
use super::jwk::Jwk;
use super::pair::KeyPair;
use super::{Algorithm, KeyError, Passphrase, SecretText, Signature, VerifyingKey, import, pem};

/// A private key that signs access tokens: Ed25519, P-256, or RSA of 2048 to 8192 bits.
///
/// Cloning is cheap and gives the same key.
///
/// ```
/// use reissue::key::{Algorithm, SigningKey};
///
/// // Make one, keep it, and read it at the next start.
/// let key = SigningKey::generate(Algorithm::EdDsa)?;
/// let written = key.to_pem()?;
/// let read = SigningKey::from_pem(written.expose(), None)?;
/// assert_eq!(read.key_id(), key.key_id());
///
/// let signature = key.sign(b"message")?;
/// assert!(read.verifying_key().verify(b"message", signature.as_ref()).is_ok());
/// # Ok::<(), reissue::key::KeyError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<KeyPair>,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// Generates a key. RSA keys have 2048 bits, because larger ones make every refresh slower; if
    /// you need one, generate it with another tool and read it with [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    ///
    /// [`KeyError::Generate`] if the operating system gives no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        KeyPair::generate(algorithm).and_then(Self::new)
    }

    /// Reads the first private key of a PEM text: `PRIVATE KEY` and `ENCRYPTED PRIVATE KEY`
    /// (PKCS#8, RFC 5958; PBES2 with PBKDF2 or scrypt, RFC 8018), `RSA PRIVATE KEY` (PKCS#1) or `EC
    /// PRIVATE KEY` (RFC 5915).
    ///
    /// A passphrase is ignored if the key is not encrypted.
    ///
    /// # Errors
    ///
    /// Among others [`KeyError::MissingPassphrase`], [`KeyError::WrongPassphrase`],
    /// [`KeyError::NotPrivate`], [`KeyError::RsaTooSmall`] and [`KeyError::UnsupportedAlgorithm`].
    pub fn from_pem(pem: &str, passphrase: Option<&Passphrase>) -> Result<Self, KeyError> {
        import::from_pem(pem, passphrase).and_then(Self::new)
    }

    /// Reads an unencrypted PKCS#8 key (RFC 5958) in DER.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is malformed, for another algorithm, or too small.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        import::from_pkcs8(der).and_then(Self::new)
    }

    /// Reads a private JSON Web Key of the type `OKP` (RFC 8037 §2), `EC` or `RSA` (RFC 7518 §6).
    ///
    /// `alg`, `use` and `key_ops` may be absent and must not contradict the use as a signing key. A
    /// `kid` is ignored: the name of a key is its thumbprint.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is malformed, lacks the private part, or its two halves are not a pair.
    pub fn from_jwk(jwk: &str) -> Result<Self, KeyError> {
        Jwk::parse(jwk)?.private().and_then(Self::new)
    }

    /// Returns the algorithm of the key. It verifies no token with another algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.verifying.algorithm()
    }

    /// Returns the id of the key, the `kid` of its JWTs: its thumbprint (RFC 7638), 43 characters
    /// of base64url.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.verifying.key_id()
    }

    /// Signs a message; with `ES256` the signature is the 64 bytes `r || s` (RFC 7518 §3.4).
    ///
    /// # Errors
    ///
    /// [`KeyError::Unusable`] if the cryptographic library fails, which does not depend on the key.
    pub fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        self.pair.sign(message)
    }

    /// Returns the public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.verifying.clone()
    }

    /// Returns the key as unencrypted PKCS#8 PEM, which OpenSSL and [`from_pem`](Self::from_pem)
    /// read.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unusable`] if the cryptographic library fails.
    pub fn to_pem(&self) -> Result<SecretText, KeyError> {
        let der = self.pair.to_pkcs8()?;
        Ok(SecretText::new(pem::write("PRIVATE KEY", &der)))
    }

    #[cfg(feature = "paseto")]
    pub(super) fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    pub(super) fn new(pair: KeyPair) -> Result<Self, KeyError> {
        let verifying = VerifyingKey::new(pair.public()?)?;
        Ok(Self {
            pair: Arc::new(pair),
            verifying,
        })
    }
}

impl Identified for SigningKey {
    fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.verifying.key_ids()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {} ..)", self.algorithm(), self.key_id())
    }
}
