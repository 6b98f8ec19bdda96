//! The endpoint for the server's metadata (RFC 8414).

mod document;
mod endpoint;
mod options;

pub use self::endpoint::MetadataEndpoint;
