//! Denials: a precise reason for operators, and one of a few codes for clients.

mod code;
mod custom;
#[expect(
    clippy::module_inception,
    reason = "the module is named after its main type"
)]
mod denial;
mod texts;

#[cfg(test)]
mod tests;

pub use self::code::ErrorCode;
pub use self::custom::CustomDenial;
pub use self::denial::Denial;
