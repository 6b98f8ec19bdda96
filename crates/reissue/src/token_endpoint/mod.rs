//! The token endpoint: a layer that passes requests on, or responds to them itself.

mod config;
mod future;
mod layer;
mod service;
mod standalone;

pub use self::future::ResponseFuture;
pub use self::layer::RefreshLayer;
pub use self::service::Refresh;
pub use self::standalone::NoOtherGrants;
