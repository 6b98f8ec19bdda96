//! What the revocation of an access token does.

/// What the revocation of an access token does (RFC 7009 §2.1).
///
/// A revoked access token is remembered by the store until it expires. Introspection, and the
/// bearer layer with the session check, look for it: one more read, at the same time as that of the
/// session. APIs that verify tokens by their signature alone do not notice a revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessTokenRevocation {
    /// It ends the session of the token. A token without a session is revoked by itself.
    EndsSession,
    /// It ends the session of the token. For a token without a session the response is `400` with
    /// `unsupported_token_type`, and no revoked tokens are remembered or looked for.
    EndsSessionOnly,
    /// It revokes the token, and the session continues. The default.
    #[default]
    RevokesToken,
    /// The response is `400` with `unsupported_token_type` (RFC 7009 §2.2.1), and no revoked tokens
    /// are remembered or looked for. Only for access tokens so short-lived that they need no
    /// revocation.
    Unsupported,
}

impl AccessTokenRevocation {
    pub(super) const fn ends_session(self) -> bool {
        matches!(self, Self::EndsSession | Self::EndsSessionOnly)
    }

    pub(super) const fn remembers_tokens(self) -> bool {
        matches!(self, Self::EndsSession | Self::RevokesToken)
    }
}
