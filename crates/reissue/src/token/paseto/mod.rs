//! PASETO version 4: `local` by pasetors, `public` by the signatures of [`SigningKey`](crate::key::SigningKey).

mod footer;
mod local;
mod parts;
mod public;
mod verifier;

pub use local::PasetoLocal;
pub(crate) use local::{footer_of, open_local, seal_local};
pub use public::PasetoPublic;
pub use verifier::PasetoVerifier;

#[cfg(test)]
mod tests;
