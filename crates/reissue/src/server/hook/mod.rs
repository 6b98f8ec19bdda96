//! What the application decides: on every refresh, and where tokens are introspected.

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

/// Asked on every refresh, after all checks and before anything changes: is the subject still welcome?
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
/// The future is dropped when the client goes away. Nothing has changed then. The hook may run more than once for one
/// refresh, when the session's grant changes meanwhile.
pub trait RefreshHook: Send + Sync + 'static {
    /// Decides on one refresh.
    ///
    /// # Errors
    ///
    /// Whatever keeps the host from deciding: the client gets `503` and keeps its token.
    fn on_refresh(
        &self,
        refreshing: &Refreshing<'_>,
    ) -> impl Future<Output = Result<Decision, HookError>> + Send;
}

/// A refresh that is about to succeed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refreshing<'a> {
    /// Which session.
    pub sid: Sid,
    /// Who asks; authenticated.
    pub client: &'a Client,
    /// What was granted.
    pub grant: &'a Grant,
    /// What is asked for now; within the grant.
    pub scope: &'a Scope,
}

/// What the host says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// Go on.
    Allow(RefreshOverrides),
    /// Refuse with `invalid_grant`; the session stays, and may be refreshed when the host thinks better of it.
    Deny,
    /// Refuse with `invalid_grant` and revoke the session.
    DenyAndRevoke,
}

impl Decision {
    /// Go on, nothing changed.
    #[must_use]
    pub fn allow() -> Self {
        Self::Allow(RefreshOverrides::default())
    }
}

/// How the answer to an allowed refresh differs from what was asked for. The session's grant stays.
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
    /// This scope instead: it must lie within the one that is asked for, or the refresh fails with `503`.
    pub scope: Option<Scope>,
    /// These claims in addition; they override the grant's.
    pub claims: Claims,
    /// These parameters in the response, beside the tokens.
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

/// The application could not decide.
#[derive(Debug)]
pub struct HookError(Box<dyn Error + Send + Sync>);

impl HookError {
    /// Takes the cause. It must hold no secret: it reaches events.
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

/// The object-safe twin of [`RefreshHook`].
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
