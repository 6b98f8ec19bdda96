//! Why a request is denied: one reason for operators, and the few codes that clients see.

mod code;
mod custom;
#[expect(
    clippy::module_inception,
    reason = "the room is named after its main piece"
)]
mod denial;
mod texts;

#[cfg(test)]
mod tests;

pub use self::code::ErrorCode;
pub use self::custom::CustomDenial;
pub use self::denial::Denial;
