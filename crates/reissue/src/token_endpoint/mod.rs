//! The token endpoint: a layer that passes requests on, or responds to them itself.

mod config;
mod exchange;
mod future;
mod layer;
mod service;

pub use self::future::ResponseFuture;
pub use self::layer::RefreshLayer;
pub use self::service::Refresh;

pub(crate) use self::exchange::{is_refresh, refresh};
