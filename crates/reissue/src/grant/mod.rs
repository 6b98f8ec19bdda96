//! What a subject authorised: grants, their types and their parts.

mod claims;
mod confirmation;
#[expect(
    clippy::module_inception,
    reason = "the room is named after its main piece"
)]
mod grant;
mod grant_type;
mod resource;
mod response_parameters;
mod scope;

pub use self::claims::{Claims, InvalidClaim};
pub use self::confirmation::Confirmation;
pub use self::grant::{Grant, LabelTooLong};
pub use self::grant_type::{GrantType, InvalidGrantType};
pub use self::resource::{InvalidResource, Resource};
pub use self::response_parameters::{InvalidParameter, ResponseParameters};
pub use self::scope::{InvalidScope, Scope};
