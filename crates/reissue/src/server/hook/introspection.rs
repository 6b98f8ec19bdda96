//! The application's decision when a token is introspected.

use std::future::Future;
use std::pin::Pin;

use super::HookError;
use crate::client::Client;
use crate::grant::Scope;
use crate::store::Sid;

/// A hook that lets the application report a token as inactive, although it has neither expired nor
/// been revoked: because its subject was blocked, for example. Set it with
/// [`ServerBuilder::with_introspection_hook`](crate::ServerBuilder::with_introspection_hook).
///
/// It runs each time a permitted client introspects a token (RFC 7662) that is active by all other
/// checks. It does not run on a refresh or in a bearer layer.
///
/// ```
/// use reissue::hook::{HookError, Introspecting, IntrospectionDecision, IntrospectionHook};
///
/// struct StillEmployed;
///
/// impl IntrospectionHook for StillEmployed {
///     async fn on_introspection(
///         &self,
///         introspecting: &Introspecting<'_>,
///     ) -> Result<IntrospectionDecision, HookError> {
///         Ok(match introspecting.subject {
///             "mallory" => IntrospectionDecision::Inactive,
///             _ => IntrospectionDecision::Active,
///         })
///     }
/// }
/// ```
///
/// # Cancel safety
///
/// The future is dropped when the client disconnects. Nothing changes either way.
pub trait IntrospectionHook: Send + Sync + 'static {
    /// Decides whether a token is active.
    ///
    /// # Errors
    ///
    /// [`HookError`] if the application cannot decide: the client gets `503`.
    fn on_introspection(
        &self,
        introspecting: &Introspecting<'_>,
    ) -> impl Future<Output = Result<IntrospectionDecision, HookError>> + Send;
}

/// A token that is active by all other checks.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Introspecting<'a> {
    /// The client that introspects the token.
    pub client: &'a Client,
    /// Who authorised the token (`sub`). For `client_credentials` the client that it was issued to.
    pub subject: &'a str,
    /// The client that the token was issued to.
    pub client_id: &'a str,
    /// What the token may be used for.
    pub scope: &'a Scope,
    /// The session of the token, if it belongs to one.
    pub sid: Option<Sid>,
}

/// The application's decision about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum IntrospectionDecision {
    /// The response describes the token.
    Active,
    /// The response is `"active": false`, and nothing else (RFC 7662 §2.2).
    Inactive,
}

/// The object-safe form of [`IntrospectionHook`].
pub(crate) trait ErasedIntrospectionHook: Send + Sync {
    fn on_introspection<'a>(
        &'a self,
        introspecting: &'a Introspecting<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<IntrospectionDecision, HookError>> + Send + 'a>>;
}

impl<H> ErasedIntrospectionHook for H
where
    H: IntrospectionHook,
{
    fn on_introspection<'a>(
        &'a self,
        introspecting: &'a Introspecting<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<IntrospectionDecision, HookError>> + Send + 'a>> {
        Box::pin(IntrospectionHook::on_introspection(self, introspecting))
    }
}
