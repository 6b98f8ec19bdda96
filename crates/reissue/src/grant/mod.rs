//! Grants, their types and their parts.

mod claims;
mod confirmation;
#[cfg(feature = "issue")]
#[expect(
    clippy::module_inception,
    reason = "the module is named after its main type"
)]
mod grant;
#[cfg(feature = "issue")]
mod grant_type;
#[cfg(feature = "issue")]
mod resource;
#[cfg(feature = "issue")]
mod response_parameters;
mod scope;

pub use self::claims::{Claims, InvalidClaim};
pub use self::confirmation::Confirmation;
#[cfg(feature = "issue")]
pub use self::grant::{Grant, LabelTooLong};
#[cfg(feature = "issue")]
pub use self::grant_type::{GrantType, InvalidGrantType};
#[cfg(feature = "issue")]
pub use self::resource::{InvalidResource, Resource};
#[cfg(feature = "issue")]
pub use self::response_parameters::{InvalidParameter, ResponseParameters};
pub use self::scope::{InvalidScope, Scope};
