//! Whether refresh tokens need the scope `offline_access`.

/// Whether refresh tokens need the scope `offline_access` (OpenID Connect Core §11). Default:
/// [`Optional`](Self::Optional).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfflineAccess {
    /// A refresh token is issued whether or not the scope was granted.
    #[default]
    Optional,
    /// A refresh token is issued only if the scope was granted.
    Required,
}
