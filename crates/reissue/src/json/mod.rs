//! JSON values: what claims and response parameters hold.

mod convert;
mod number;
mod text;
mod value;

pub use self::number::JsonNumber;
pub use self::text::InvalidJson;
pub use self::value::Json;

#[cfg(feature = "issue")]
pub(crate) use self::text::JsonText;
pub(crate) use self::text::read;

#[cfg(test)]
pub(crate) mod tests;
