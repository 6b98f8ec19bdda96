//! What goes wrong between the store and its file, for operators. Clients of the token endpoint see
//! `503` and none of this.

mod classify;
mod kind;
mod sqlite_store_error;

pub use self::kind::SqliteStoreErrorKind;
pub use self::sqlite_store_error::SqliteStoreError;
