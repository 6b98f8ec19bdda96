use std::fmt;

use zeroize::Zeroizing;

/// The passphrase of an encrypted private key.
///
/// ```
/// use reissue::key::Passphrase;
///
/// assert_eq!(format!("{:?}", Passphrase::new("correct horse")), "Passphrase(..)");
/// ```
pub struct Passphrase(
    #[cfg_attr(
        not(feature = "encrypted-pem"),
        expect(dead_code, reason = "only encrypted keys need it")
    )]
    Zeroizing<String>,
);

impl Passphrase {
    /// Returns a passphrase, which is erased from memory when dropped.
    #[must_use]
    pub fn new(passphrase: impl Into<String>) -> Self {
        Self(Zeroizing::new(passphrase.into()))
    }

    #[cfg(feature = "encrypted-pem")]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}
