//! Formats of access tokens, and their verifiers.
//!
//! An [`AccessTokenFormat`] is one format of access tokens: [`Jwt`] (RFC 9068), [`PasetoPublic`]
//! (`v4.public`) or [`PasetoLocal`] (`v4.local`). A resource server only needs an
//! [`AccessTokenVerifier`]: [`JwtVerifier`] or [`PasetoVerifier`], with public keys. It proves
//! that a token is authentic; the [bearer layer](crate::bearer) checks the claims.

#[cfg(feature = "issue")]
pub(crate) mod access;
pub(crate) mod confirmation;
pub(crate) mod format;
pub(crate) mod jwt;
#[cfg(feature = "paseto")]
pub(crate) mod paseto;
#[cfg(feature = "issue")]
pub(crate) mod payload;
pub(crate) mod read;
#[cfg(feature = "issue")]
pub(crate) mod refresh;
mod token_type;

pub use format::{AccessTokenFormat, AccessTokenVerifier, IssueError, TimeFormat, VerifyError};
pub use jwt::{Jwt, JwtVerifier};
#[cfg(feature = "paseto")]
pub use paseto::{PasetoLocal, PasetoPublic, PasetoVerifier};
pub use token_type::TokenType;

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;
