//! Hooks of the application: on every refresh, and on introspection.

mod introspection;

pub use self::introspection::{Introspecting, IntrospectionDecision, IntrospectionHook};

pub(crate) use self::introspection::ErasedIntrospectionHook;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::client::Client;
use crate::grant::{Claims, Grant, ResponseParameters, Scope};
use crate::store::Sid;

/// A hook that lets the application allow, narrow or deny each refresh.
///
/// It runs after all checks and before anything changes.
///
/// ```
/// use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};
///
/// struct StillEmployed;
///
/// impl RefreshHook for StillEmployed {
///     async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
///         Ok(match refreshing.grant.subject.as_str() {
///             "mallory" => Decision::DenyAndRevoke,
///             _ => Decision::allow(),
///         })
///     }
/// }
/// ```
///
/// # Cancel safety
///
/// The future is dropped when the client disconnects; nothing has changed then. The hook may run
/// more than once for one refresh, if the session's grant changes meanwhile.
pub trait RefreshHook: Send + Sync + 'static {
    /// Decides on one refresh.
    ///
    /// # Errors
    ///
    /// [`HookError`] if the application cannot decide: the client gets `503` and keeps its token.
    fn on_refresh(
        &self,
        refreshing: &Refreshing<'_>,
    ) -> impl Future<Output = Result<Decision, HookError>> + Send;
}

/// A refresh that is about to succeed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refreshing<'a> {
    /// The session.
    pub sid: Sid,
    /// The client, which has authenticated.
    pub client: &'a Client,
    /// The grant of the session.
    pub grant: &'a Grant,
    /// The requested scope, which is within the grant.
    pub scope: &'a Scope,
}

/// The application's decision about a refresh.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// Allows the refresh.
    Allow(RefreshOverrides),
    /// Denies with `invalid_grant`. The session stays, and can be refreshed once the application
    /// allows it.
    Deny,
    /// Denies with `invalid_grant`, and revokes the session.
    DenyAndRevoke,
}

impl Decision {
    /// Allows the refresh without any change.
    #[must_use]
    pub fn allow() -> Self {
        Self::Allow(RefreshOverrides::default())
    }
}

/// How the tokens of an allowed refresh differ from what was requested. The session's grant stays.
///
/// ```
/// use reissue::ResponseParameters;
/// use reissue::hook::{RefreshOverrides, Decision};
///
/// let mut parameters = ResponseParameters::default();
/// parameters.insert("tenant", "blue").unwrap();
/// let decision: Decision = RefreshOverrides::default().with_parameters(parameters).into();
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RefreshOverrides {
    /// The scope of the access token, instead of the requested one. It must lie within that, or the
    /// refresh fails with `503`.
    pub scope: Option<Scope>,
    /// Claims of the access token in addition to those of the grant, which they override.
    pub claims: Claims,
    /// Parameters of the response, beside the tokens.
    pub parameters: ResponseParameters,
}

impl RefreshOverrides {
    /// Narrows the scope of the access token.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Adds claims to the access token.
    #[must_use]
    pub fn with_claims(self, claims: Claims) -> Self {
        Self { claims, ..self }
    }

    /// Adds parameters to the response.
    #[must_use]
    pub fn with_parameters(self, parameters: ResponseParameters) -> Self {
        Self { parameters, ..self }
    }
}

impl From<RefreshOverrides> for Decision {
    fn from(overrides: RefreshOverrides) -> Self {
        Self::Allow(overrides)
    }
}

/// The error of a hook that could not decide.
#[derive(Debug)]
pub struct HookError(Box<dyn Error + Send + Sync>);

impl HookError {
    /// Returns an error with this cause. The cause must contain no secret, because it appears in
    /// events.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the application could not decide")
    }
}

impl Error for HookError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

/// The object-safe form of [`RefreshHook`].
pub(crate) trait ErasedHook: Send + Sync {
    fn on_refresh<'a>(
        &'a self,
        refreshing: &'a Refreshing<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<Decision, HookError>> + Send + 'a>>;
}

impl<H> ErasedHook for H
where
    H: RefreshHook,
{
    fn on_refresh<'a>(
        &'a self,
        refreshing: &'a Refreshing<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<Decision, HookError>> + Send + 'a>> {
        Box::pin(RefreshHook::on_refresh(self, refreshing))
    }
}
