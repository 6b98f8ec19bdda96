use std::fmt;

use zeroize::Zeroizing;

/// A private key as text, to be stored in a file or a vault. It is erased from memory when dropped.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(super) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Returns the text. With it, tokens can be signed or decrypted: store it where only the server
    /// can read it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}
