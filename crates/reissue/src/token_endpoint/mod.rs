//! The token endpoint: a layer around a service that handles the other grants.

mod config;
mod exchange;
mod future;
mod layer;
mod service;

pub use self::future::ResponseFuture;
pub use self::layer::RefreshLayer;
pub use self::service::Refresh;

pub(crate) use self::exchange::{is_refresh, refresh};
