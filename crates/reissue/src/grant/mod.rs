//! What was authorised: the grant and all that it is made of.

mod claims;
mod confirmation;
#[expect(
    clippy::module_inception,
    reason = "the room is named after its main piece"
)]
mod grant;
mod resource;
mod response_parameters;
mod scope;

pub use self::claims::{Claim, Claims, ReservedClaim};
pub use self::confirmation::Confirmation;
pub use self::grant::{Grant, LabelTooLong};
pub use self::resource::{InvalidResource, Resource};
pub use self::response_parameters::{ReservedParameter, ResponseParameters};
pub use self::scope::{InvalidScope, Scope};
