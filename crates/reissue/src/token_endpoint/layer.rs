//! `RefreshLayer`: configuration in, middleware out.

use std::sync::Arc;

use tower_layer::Layer;

use super::config::TokenEndpoint;
use super::service::Refresh;
use crate::grant::GrantType;
use crate::server::Server;
use crate::wire::BODY_LIMIT;

/// A layer that makes a service a token endpoint. It handles `grant_type=refresh_token` itself, and
/// turns the [`Grant`](crate::Grant) that the service returns for other grant types into tokens.
///
/// # Cancel safety
///
/// Dropping the future of a response leaves every session before or after its rotation. See
/// [`Server::refresh`].
///
/// # The inner service
///
/// For every other grant type, the service gets the request with its body unchanged, and in the
/// extensions the [`AuthenticatedClient`](crate::client::AuthenticatedClient) and the
/// [`Parameters`](crate::Parameters). A `200` with a [`Grant`](crate::Grant) in its extensions
/// becomes the response of RFC 6749 §5.1: its other headers stay, its body goes. Any other response
/// passes unchanged, and so does every request to [another path](RefreshLayer::with_path). A
/// [`Denial`](crate::Denial) in its extensions, as
/// [`Denial::to_response`](crate::Denial::to_response) leaves it there, is reported as an event.
///
/// If the store fails after the service has consumed a code, the response is `503` and the code is
/// lost. To avoid this, use a [single-use id](crate::Grant::with_single_use_id), or call
/// [`Server::ready`] first.
#[derive(Clone, Debug)]
#[must_use]
pub struct RefreshLayer {
    endpoint: Arc<TokenEndpoint>,
}

impl RefreshLayer {
    /// Returns a layer for a service that is mounted on the token route: every request is a token
    /// request.
    pub fn new(server: Server) -> Self {
        Self {
            endpoint: Arc::new(TokenEndpoint {
                server,
                paths: Vec::new(),
                grant_types: None,
                body_limit: BODY_LIMIT,
            }),
        }
    }

    /// Makes only requests to this path token requests. All others pass unchanged. Call it again to
    /// add further paths.
    ///
    /// The path is that of the request at the layer: a nested router may have stripped a prefix.
    pub fn with_path(self, path: impl Into<String>) -> Self {
        self.with(|endpoint| endpoint.paths.push(path.into()))
    }

    /// Adds grant types that the service handles, besides `refresh_token`, which the layer handles
    /// itself.
    ///
    /// Others are denied with `unsupported_grant_type`, and the service is not called. Default: all
    /// that the client is registered for.
    pub fn with_grant_types(self, grant_types: impl IntoIterator<Item = GrantType>) -> Self {
        self.with(|endpoint| {
            let own = endpoint.grant_types.get_or_insert_default();
            own.extend(grant_types);
        })
    }

    /// Sets how many bytes a request body may have. Default: 64 KiB.
    pub fn with_body_limit(self, body_limit: usize) -> Self {
        self.with(|endpoint| endpoint.body_limit = body_limit)
    }

    fn with(mut self, change: impl FnOnce(&mut TokenEndpoint)) -> Self {
        change(Arc::make_mut(&mut self.endpoint));
        self
    }
}

impl<S> Layer<S> for RefreshLayer {
    type Service = Refresh<S>;

    fn layer(&self, inner: S) -> Refresh<S> {
        Refresh::new(inner, self.endpoint.clone())
    }
}
