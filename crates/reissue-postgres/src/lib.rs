//! Postgres store for Reissue.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod config_error;
mod connection;
mod error;
mod inner;
mod migrations;
mod parameter;
mod ready;
mod record;
mod settings;
mod statement;
mod store;
mod sweeper;
mod time;
mod url;
mod verbs;

pub use crate::builder::PostgresStoreBuilder;
pub use crate::config_error::ConfigError;
pub use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
pub use crate::store::PostgresStore;
