//! Extractors of verified access tokens.

mod scoped;
mod token;

pub use self::scoped::{RequiredScope, ScopedToken};
pub use self::token::BearerToken;
