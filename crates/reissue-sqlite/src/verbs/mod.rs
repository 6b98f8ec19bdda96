//! What each operation of the store does within its transaction.

mod advance;
mod consume;
mod create;
mod family;
mod history;
mod replace;
mod revoke;
mod sessions;
mod table;

pub(crate) use self::consume::IsConsumed;
pub(crate) use self::revoke::RevokeFamilies;
pub(crate) use self::sessions::{Load, Sessions};
