//! The endpoints beside the token endpoint, each a tower service.

mod future;
mod introspection;
mod jwks;
mod metadata;
mod refresh;
mod revocation;
mod sessions;
mod token_operation;

pub use self::future::EndpointFuture;
pub use self::introspection::IntrospectionEndpoint;
pub use self::jwks::JwksEndpoint;
pub use self::metadata::MetadataEndpoint;
pub use self::refresh::RefreshEndpoint;
pub use self::revocation::RevocationEndpoint;
pub use self::sessions::{SessionsEndpoint, SessionsEndpointBuilder};
