//! Secrets in the configuration.

use std::fmt;

use zeroize::Zeroizing;

/// A secret from the configuration: a password, a passphrase, a key, or a hash that could be
/// attacked offline.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// Returns the secret itself. Never for a log, an error or a URL.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
