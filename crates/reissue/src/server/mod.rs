//! The engine: issuance, refresh, revocation, introspection, sessions. No HTTP and no runtime.

mod access_token;
mod access_token_revocation;
mod authenticate;
mod build;
mod builder;
mod error;
pub mod hook;
mod introspect;
mod issue;
mod join;
mod judge;
mod keys;
mod mint;
mod one_time;
mod record;
mod redeem;
mod refresh;
mod report;
mod request;
mod revoke;
#[expect(
    clippy::module_inception,
    reason = "the module is named after its main type"
)]
mod server;
mod sessions;

#[cfg(test)]
mod tests;

pub use self::access_token_revocation::AccessTokenRevocation;
pub use self::builder::ServerBuilder;
pub use self::error::ServerError;
pub use self::introspect::{ActiveToken, Introspection};
pub use self::keys::Keys;
pub use self::mint::Tokens;
pub use self::request::RefreshRequest;
pub use self::server::Server;
pub use self::sessions::{AmendOutcome, Session};

pub(crate) use self::access_token::TokenStatus;
