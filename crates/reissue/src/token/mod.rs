//! Tokens: how claims become a string that only the keys of a ring can make.
//!
//! An [`Envelope`] is one format of access tokens: [`Jwt`] (RFC 9068), [`PasetoPublic`] (`v4.public`) or
//! [`PasetoLocal`] (`v4.local`). A resource server only has to [`Open`] them, with the public keys that [`JwtVerifier`] and
//! [`PasetoVerifier`] hold. Either vouches for where a token comes from; what the claims say is judged elsewhere.

#[cfg(feature = "issue")]
pub(crate) mod access;
pub(crate) mod confirmation;
pub(crate) mod envelope;
pub(crate) mod jwt;
#[cfg(feature = "paseto")]
pub(crate) mod paseto;
#[cfg(feature = "issue")]
pub(crate) mod payload;
pub(crate) mod read;
#[cfg(feature = "issue")]
pub(crate) mod refresh;
mod token_type;

pub use envelope::{Envelope, Open, OpenError, SealError, Times};
pub use jwt::{Jwt, JwtVerifier};
#[cfg(feature = "paseto")]
pub use paseto::{PasetoLocal, PasetoPublic, PasetoVerifier};
pub use token_type::TokenType;

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
