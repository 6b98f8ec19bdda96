//! Secrets: redacted in `Debug`, wiped on drop, never compared or copied by accident.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::store::Sid;

macro_rules! secret_text {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text as a secret.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The secret itself, for the one place that must send it or check it.
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
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken
}

impl ClientSecret {
    /// A fresh secret of 256 random bits, for [`SecretHash::sha256`](crate::client::SecretHash::sha256).
    #[must_use]
    pub fn generate() -> Self {
        Self::new(BASE64_URL_SAFE_NO_PAD.encode(random::<32>()))
    }
}

/// What makes a family unguessable: it is in the sealed tokens, and nowhere else.
#[derive(Clone)]
pub(crate) struct FamilySecret(Zeroizing<[u8; 16]>);

impl FamilySecret {
    pub(crate) fn generate() -> Self {
        Self(Zeroizing::new(random()))
    }

    pub(crate) fn sid(&self) -> Sid {
        Sid::of_secret(&self.0)
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        // The decoder wants room for whole groups of three.
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

/// Random bytes of the operating system's quality.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the random generator of aws-lc does not fail");
    bytes
}
