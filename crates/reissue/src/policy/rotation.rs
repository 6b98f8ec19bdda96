//! What happens to a refresh token when it is used.

/// What happens to a refresh token when it is used. Default: [`Rotate`](Self::Rotate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// Each use returns a new token, and every previous token still returns the current one: for
    /// several processes that share one credential. Only for confidential or sender-constrained
    /// clients.
    Converge,
    /// The token stays as it is (FAPI 2.0 §5.3.2.1). Only for confidential or sender-constrained
    /// clients (RFC 9700 §2.2.2). The session is not written, so its idle lifetime runs from the
    /// login.
    Keep(KeepResponse),
    /// Each use returns a new token (RFC 9700 §4.14.2).
    #[default]
    Rotate,
}

/// The `refresh_token` in the response to a refresh with [`Rotation::Keep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeepResponse {
    /// No `refresh_token`: the client keeps the one that it has (RFC 6749 §6).
    Omit,
    /// The token of the request.
    Repeat,
}
