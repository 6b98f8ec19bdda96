//! The Redis store of [Reissue](reissue): sessions that several nodes share and that outlive each of them.

mod builder;
mod call;
mod config;
mod connection;
mod durability;
mod error;
mod ready;
mod record;
mod reply;
mod script;
mod store;
mod url;

pub use crate::builder::RedisStoreBuilder;
pub use crate::config::ConfigError;
pub use crate::error::{RedisStoreError, RedisStoreErrorKind};
pub use crate::store::RedisStore;
