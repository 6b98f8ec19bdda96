//! What each operation of the store does within its transaction.

mod advance;
mod consume;
mod create;
mod export;
mod family;
mod history;
mod import;
mod one_time_id_table;
mod replace;
mod revoke;
mod session_table;
mod sessions;

pub(crate) use self::consume::IsConsumed;
pub(crate) use self::export::Export;
pub(crate) use self::import::{ImportOneTimeIds, ImportSessions};
pub(crate) use self::revoke::RevokeFamilies;
pub(crate) use self::sessions::{Load, Sessions};
