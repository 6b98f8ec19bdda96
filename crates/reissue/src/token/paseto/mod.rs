//! PASETO version 4: `local` by the keys that [`SymmetricKey`](crate::key::SymmetricKey) splits into, `public` by the
//! signatures of [`SigningKey`](crate::key::SigningKey).

mod footer;
mod local;
mod pae;
mod parts;
mod public;
mod verifier;

pub(crate) use footer::Footed;
pub use local::PasetoLocal;
pub(crate) use local::{HEADER, open_parts, seal_local, sealed_length};
pub(crate) use parts::Parts;
pub use public::PasetoPublic;
pub use verifier::PasetoVerifier;

#[cfg(test)]
mod tests;
