//! `routes` and `Routes`: which endpoints, where, and what is around them.

use std::convert::Infallible;
use std::fmt;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route, any_service, post};
use reissue::bearer::{Bearer, BearerLayer};
use reissue::{
    GrantType, MetadataEndpoint, RefreshEndpoint, RefreshLayer, Server, SessionsEndpoint,
};
use tower_layer::Layer;
use tower_service::Service;

use super::endpoint::Endpoint;
use super::paths::Paths;

/// Mounts the endpoints of a server at their usual paths: `Router::new().merge(routes(server))`.
///
/// | endpoint | path | by default |
/// | --- | --- | --- |
/// | [`Token`](Endpoint::Token) | `/token` | only `refresh_token`; see [`with_grant_types`] |
/// | [`Revocation`](Endpoint::Revocation) | `/revoke` | |
/// | [`Introspection`](Endpoint::Introspection) | `/introspect` | for [permitted clients] |
/// | [`Metadata`](Endpoint::Metadata) | `/.well-known/oauth-authorization-server` | |
/// | [`Jwks`](Endpoint::Jwks) | `/.well-known/jwks.json` | |
/// | [`Sessions`](Endpoint::Sessions) | `/sessions` | not mounted; see [`with_sessions`] |
///
/// The metadata list the mounted endpoints. For an issuer with a path, such as
/// `https://id.example/blue`, the endpoints are below it, `/blue/token`, and the metadata at
/// `/.well-known/oauth-authorization-server/blue` (RFC 8414 §3.1). So merge the router at the root
/// of the issuer's host; several issuers can share one host.
///
/// Every endpoint can be [moved](Routes::with_path), alone or [with all others](Routes::nest), or
/// [left out](Routes::without), and [`Routes::layer`] puts a layer around all of them. To give an
/// endpoint its own layer or limits, leave it out and mount it by hand.
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use reissue::{Server, GrantType};
/// use reissue_axum::{Endpoint, Granted, routes};
///
/// # async fn login() -> Granted { Granted(reissue::Grant::new("alice")) }
/// fn app(server: Server) -> Router {
///     let oauth = routes(server)
///         .with_grant_types([GrantType::PASSWORD], login)
///         .with_path(Endpoint::Token, "/oauth2/token")
///         .without(Endpoint::Introspection);
///     Router::new().route("/", get(async || "hello")).merge(oauth)
/// }
/// ```
///
/// [permitted clients]: reissue::client::Client::with_introspection_access
/// [`with_grant_types`]: Routes::with_grant_types
/// [`with_sessions`]: Routes::with_sessions
pub fn routes<S>(server: Server) -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
{
    Routes {
        paths: Paths::of(server.issuer()),
        grant_types: Vec::new(),
        token: any_service(RefreshEndpoint::new(server.clone())),
        sessions: None,
        metadata: Box::new(|metadata| metadata),
        layers: Box::new(|router| router),
        server,
    }
}

/// A builder of a [`Router`] with the endpoints of a server. Made by [`routes`].
#[must_use]
pub struct Routes<S = ()> {
    pub(super) server: Server,
    pub(super) paths: Paths,
    pub(super) grant_types: Vec<GrantType>,
    pub(super) token: MethodRouter<S>,
    pub(super) sessions: Option<Bearer<SessionsEndpoint>>,
    pub(super) metadata: Box<dyn FnOnce(MetadataEndpoint) -> MetadataEndpoint + Send>,
    pub(super) layers: Box<dyn FnOnce(Router<S>) -> Router<S> + Send>,
}

impl<S> Routes<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// Sets a handler for these grant types, which is called after the client was authenticated.
    /// `refresh_token` is always handled, and never by the handler. Default: none.
    pub fn with_grant_types<H, T>(
        self,
        grant_types: impl IntoIterator<Item = GrantType>,
        handler: H,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let grant_types: Vec<GrantType> = grant_types.into_iter().collect();
        let refresh =
            RefreshLayer::new(self.server.clone()).with_grant_types(grant_types.iter().cloned());
        Self {
            token: post(handler).layer::<_, Infallible>(refresh),
            grant_types,
            ..self
        }
    }

    /// Mounts the endpoint where users list and end their sessions, behind this bearer layer.
    /// Default: not mounted, because the application decides which tokens may do so:
    ///
    /// ```
    /// # use reissue::SessionsEndpoint;
    /// # use reissue::bearer::BearerLayer;
    /// # use reissue_axum::{Routes, routes};
    /// # fn app(server: reissue::Server) -> Result<Routes, reissue::InvalidScope> {
    /// // With the session check, so that a revoked token cannot end sessions.
    /// let bearer = BearerLayer::for_server(&server).with_session_check();
    /// let sessions = SessionsEndpoint::builder(server.clone()).with_scope("sessions".parse()?);
    /// let oauth = routes(server).with_sessions(&bearer, sessions);
    /// # Ok(oauth)
    /// # }
    /// ```
    pub fn with_sessions<T>(self, bearer: &BearerLayer<T>, sessions: SessionsEndpoint) -> Self {
        Self {
            sessions: Some(bearer.layer(sessions)),
            ..self
        }
    }

    /// Mounts an endpoint at another path, from the root of the router. The metadata name it.
    pub fn with_path(mut self, endpoint: Endpoint, path: impl Into<String>) -> Self {
        self.paths.insert(endpoint, path.into());
        self
    }

    /// Moves every endpoint but the metadata below a prefix. The metadata name the new paths.
    ///
    /// Use it instead of [`Router::nest`], which cannot change the metadata, and merge the routes
    /// at the root of the issuer's host:
    ///
    /// ```
    /// # use axum::Router;
    /// # use reissue::Server;
    /// # use reissue_axum::routes;
    /// # fn app(server: Server) -> Router {
    /// // The token endpoint is `/oauth2/token`, also in the metadata.
    /// Router::new().merge(routes(server).nest("/oauth2"))
    /// # }
    /// ```
    ///
    /// The metadata stay at the path of RFC 8414 §3.1. For an issuer with a path,
    /// `https://id.example/blue`, the prefix follows that path: `/blue/oauth2/token`. An endpoint
    /// that [`with_path`](Self::with_path) moved before gets the prefix too; one that it moves
    /// afterwards does not.
    pub fn nest(mut self, prefix: impl AsRef<str>) -> Self {
        self.paths.nest(prefix.as_ref());
        self
    }

    /// Puts a layer around every endpoint, like [`Router::layer`], and around no other route of the
    /// router that the routes are merged into. The last layer is the outermost.
    ///
    /// ```
    /// # use axum::Router;
    /// # use reissue::Server;
    /// # use reissue_axum::routes;
    /// # fn app(server: Server) -> Router {
    /// use reissue::guessing::AddressSource;
    /// use reissue_axum::ConnectInfoLayer;
    ///
    /// // Wrong client secrets are counted by address, at all endpoints.
    /// let addresses = ConnectInfoLayer::new(AddressSource::Connection);
    /// Router::new().merge(routes(server).layer(addresses))
    /// # }
    /// ```
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let inner = self.layers;
        Self {
            layers: Box::new(|router| inner(router).layer(layer)),
            ..self
        }
    }

    /// Leaves an endpoint out of the router and of the metadata.
    pub fn without(mut self, endpoint: Endpoint) -> Self {
        self.paths.remove(endpoint);
        self
    }

    /// Sets a function that changes the metadata, for example to add the application's
    /// authorization endpoint. It runs last, so it can also correct the location of an endpoint
    /// that clients reach through a proxy.
    pub fn with_metadata(
        self,
        add: impl FnOnce(MetadataEndpoint) -> MetadataEndpoint + Send + 'static,
    ) -> Self {
        let before = self.metadata;
        Self {
            metadata: Box::new(|metadata| add(before(metadata))),
            ..self
        }
    }
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes")
            .field("paths", &self.paths)
            .field("grant_types", &self.grant_types)
            .finish_non_exhaustive()
    }
}
