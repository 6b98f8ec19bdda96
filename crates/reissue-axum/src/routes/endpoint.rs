//! `Endpoint`: the endpoints that can be mounted.

/// An endpoint that [`routes`](crate::routes()) mounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// [`IntrospectionEndpoint`](reissue::IntrospectionEndpoint) (RFC 7662), at `/introspect`.
    Introspection,
    /// [`JwksEndpoint`](reissue::JwksEndpoint) (RFC 7517 §5), at `/.well-known/jwks.json`.
    Jwks,
    /// [`MetadataEndpoint`](reissue::MetadataEndpoint) (RFC 8414), at
    /// `/.well-known/oauth-authorization-server`.
    Metadata,
    /// [`RevocationEndpoint`](reissue::RevocationEndpoint) (RFC 7009), at `/revoke`.
    Revocation,
    /// [`SessionsEndpoint`](reissue::SessionsEndpoint), at `/sessions`, with the paths below it.
    Sessions,
    /// [`RefreshLayer`](reissue::RefreshLayer) and what is behind it (RFC 6749 §3.2), at `/token`.
    Token,
}
