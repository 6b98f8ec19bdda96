//! PASETO version 4: `local` with [`v4_local`](crate::v4_local), `public` with the signatures of
//! [`SigningKey`](crate::key::SigningKey).

mod key_with_footer;
mod local;
mod parts;
mod public;
mod verifier;

#[cfg(feature = "issue")]
pub(crate) use key_with_footer::KeyWithFooter;
pub use local::PasetoLocal;
#[cfg(feature = "issue")]
pub(crate) use local::seal_local;
#[cfg(feature = "issue")]
pub(crate) use parts::Parts;
pub use public::PasetoPublic;
pub use verifier::PasetoVerifier;

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
