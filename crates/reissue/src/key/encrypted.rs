//! Encrypted private keys: PKCS#8 under PBES2 (RFC 8018). Behind the feature `encrypted-pem`,
//! because the crate `pkcs8` brings twenty others.

use zeroize::Zeroizing;

use super::{KeyError, Passphrase};

/// Decrypts a key, and returns its unencrypted PKCS#8.
#[cfg(feature = "encrypted-pem")]
pub(super) fn decrypt(
    der: &[u8],
    passphrase: Option<&Passphrase>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    use pkcs8::der::Decode as _;
    use pkcs8::der::asn1::SequenceRef;
    use pkcs8::{EncryptedPrivateKeyInfoRef, pkcs5};

    let passphrase = passphrase.ok_or(KeyError::MissingPassphrase)?;
    // The decoder supports no scheme but PBES2, so DER that it cannot read has another scheme.
    <&SequenceRef>::from_der(der)
        .map_err(|error| KeyError::malformed_because("well-formed PKCS#8", error))?;
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|error| KeyError::UnsupportedEncryption(Box::new(error)))?;
    let decrypted = encrypted
        .decrypt(passphrase.as_bytes())
        .map_err(|error| match error {
            // One wrong passphrase in 256 leaves valid padding, with garbage before it.
            pkcs8::Error::Asn1(_)
            | pkcs8::Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) => {
                KeyError::WrongPassphrase
            }
            other => KeyError::UnsupportedEncryption(Box::new(other)),
        })?;
    Ok(Zeroizing::new(decrypted.as_bytes().to_vec()))
}

#[cfg(not(feature = "encrypted-pem"))]
pub(super) fn decrypt(_: &[u8], _: Option<&Passphrase>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    Err(KeyError::EncryptedPemNotEnabled)
}
