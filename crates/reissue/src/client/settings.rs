//! Settings of a client with named values.

/// Whether a client may use the server. Default: [`Enabled`](Self::Enabled).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientStatus {
    /// Every request is denied with `invalid_client`, and introspection reports its tokens as
    /// inactive.
    Disabled,
    /// Its requests are served.
    #[default]
    Enabled,
}

/// Which tokens a client may introspect (RFC 7662 §2.1). Default: [`OwnTokens`](Self::OwnTokens).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntrospectionAccess {
    /// Those of every client: for APIs that verify tokens by introspection.
    AllTokens,
    /// Those that were issued to itself.
    #[default]
    OwnTokens,
}

/// Whether the tokens of a client must be bound to a key. Default: [`Optional`](Self::Optional).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderConstraint {
    /// A grant may have a [`Confirmation`](crate::Confirmation).
    #[default]
    Optional,
    /// A grant without a [`Confirmation`](crate::Confirmation) is not issued.
    Required,
}
