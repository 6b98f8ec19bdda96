//! What goes wrong between the store and Postgres, for operators. Clients of the token endpoint see
//! `503` and none of this.

mod cause;
mod classify;
mod kind;
mod postgres_store_error;

pub use self::kind::PostgresStoreErrorKind;
pub use self::postgres_store_error::PostgresStoreError;
