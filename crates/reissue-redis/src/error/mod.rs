//! What goes wrong between the store and Redis, for operators. Clients of the token endpoint see
//! `503` and none of this.

mod classify;
mod kind;
mod redis_store_error;

pub use self::kind::RedisStoreErrorKind;
pub use self::redis_store_error::RedisStoreError;
