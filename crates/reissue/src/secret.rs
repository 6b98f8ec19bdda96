//! Secrets: redacted in `Debug`, erased on drop, and without `PartialEq` or `Display`.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

pub(crate) use crate::random::{NoRandomness, random};

use crate::sid::Sid;

macro_rules! secret_text {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Returns the text as a secret.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// Returns the secret itself. Use it only where the secret is sent or checked.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

secret_text! {
    /// An access token (RFC 6749 §1.4).
    AccessToken
}

secret_text! {
    /// A client's secret as the client presents it (RFC 6749 §2.3.1).
    ClientSecret
}

secret_text! {
    /// A token of whichever type, as a client presents it to revoke or to introspect it (RFC 7009
    /// §2.1, RFC 7662 §2.1).
    PresentedToken
}

secret_text! {
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken
}

impl From<AccessToken> for PresentedToken {
    fn from(token: AccessToken) -> Self {
        Self(token.0)
    }
}

impl From<&AccessToken> for PresentedToken {
    fn from(token: &AccessToken) -> Self {
        Self(token.0.clone())
    }
}

impl From<RefreshToken> for PresentedToken {
    fn from(token: RefreshToken) -> Self {
        Self(token.0)
    }
}

impl From<&RefreshToken> for PresentedToken {
    fn from(token: &RefreshToken) -> Self {
        Self(token.0.clone())
    }
}

impl ClientSecret {
    /// Generates a secret of 256 random bits, for
    /// [`SecretHash::sha256`](crate::client::SecretHash::sha256).
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the operating system gives none.
    pub fn generate() -> Result<Self, NoRandomness> {
        let bytes = Zeroizing::new(random::<32>()?);
        Ok(Self::new(BASE64_URL_SAFE_NO_PAD.encode(*bytes)))
    }
}

/// The random secret of a family. It is only inside the encrypted tokens.
#[derive(Clone)]
pub(crate) struct FamilySecret(Zeroizing<[u8; 16]>);

impl FamilySecret {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// Returns a placeholder, where only the length of a token matters.
    pub(crate) fn placeholder() -> Self {
        Self(Zeroizing::new([0; 16]))
    }

    pub(crate) fn sid(&self) -> Sid {
        Sid::of_secret(&self.0)
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        // The decoder requires room for whole groups of three.
        let mut buffer = Zeroizing::new([0; 18]);
        let length = BASE64_URL_SAFE_NO_PAD
            .decode_slice(text, buffer.as_mut_slice())
            .ok()?;
        let secret = buffer.get(..length)?.try_into().ok()?;
        Some(Self(Zeroizing::new(secret)))
    }

    pub(crate) fn encode(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*self.0))
    }
}

impl fmt::Debug for FamilySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FamilySecret(..)")
    }
}

#[cfg(test)]
#[cfg(feature = "issue")]
pub(crate) mod tests;
