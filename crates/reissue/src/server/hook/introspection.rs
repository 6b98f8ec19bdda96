//! The application's decision where a token is introspected.

use std::future::Future;
use std::pin::Pin;

use super::HookError;
use crate::client::Client;
use crate::grant::Scope;
use crate::store::Sid;

/// A hook that lets the application report a token as inactive, although it has neither expired nor
/// been revoked: because its subject was blocked, for example.
/// [`ServerBuilder::with_introspection_hook`](crate::ServerBuilder::with_introspection_hook) takes
/// it.
///
/// It runs each time an entitled client introspects a token (RFC 7662) that is active as far as the
/// server knows, after all other checks. It decides on no refresh, and a bearer layer does not run
/// it.
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
    /// Whatever keeps the application from deciding: the client gets `503`, neither active nor
    /// inactive.
    fn on_introspection(
        &self,
        introspecting: &Introspecting<'_>,
    ) -> impl Future<Output = Result<IntrospectionDecision, HookError>> + Send;
}

/// A token about which the response is going to be that it is active.
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

/// Whether a token is active, as far as the application is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum IntrospectionDecision {
    /// The response describes the token.
    Active,
    /// The response says `"active": false`, and no more (RFC 7662 §2.2).
    Inactive,
}

/// The object-safe twin of [`IntrospectionHook`].
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
