use std::fmt;

use zeroize::Zeroizing;

/// A private key written as text, on its way to a file or a vault. Erased from memory when dropped.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(super) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text. Whoever reads it can sign or open tokens: write it where only the server can read.
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
