//! Tokens: how claims become a string that only the keys of a ring can make.
//!
//! An [`Envelope`] is one format of access tokens: [`Jwt`] (RFC 9068), [`PasetoPublic`] (`v4.public`) or
//! [`PasetoLocal`] (`v4.local`). It vouches for where a token comes from; what the claims say is judged elsewhere.

mod envelope;
mod jwt;
mod paseto;

pub use envelope::{Envelope, OpenError, SealError, Times};
pub use jwt::Jwt;
pub use paseto::{PasetoLocal, PasetoPublic};

#[cfg_attr(
    not(test),
    allow(unused_imports, reason = "the refresh token is made of these")
)]
pub(crate) use paseto::{footer_of, open_local, seal_local};
