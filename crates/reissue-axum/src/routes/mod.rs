//! The endpoints of a server in one router.

mod builder;
mod endpoint;
mod paths;
mod router;

pub use self::builder::{Routes, routes};
pub use self::endpoint::Endpoint;
