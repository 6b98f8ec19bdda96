//! Tokens: how claims become a string that only the keys of a ring can make.
//!
//! An [`Envelope`] is one format of access tokens: [`Jwt`] (RFC 9068), [`PasetoPublic`] (`v4.public`) or
//! [`PasetoLocal`] (`v4.local`). It vouches for where a token comes from; what the claims say is judged elsewhere.

pub(crate) mod access;
pub(crate) mod envelope;
pub(crate) mod jwt;
pub(crate) mod paseto;
pub(crate) mod payload;
pub(crate) mod refresh;

pub use envelope::{Envelope, OpenError, SealError, Times};
pub use jwt::Jwt;
pub use paseto::{PasetoLocal, PasetoPublic};

#[cfg(test)]
mod tests;
