//! The router that the builder describes.

use axum::Router;
use reissue::{IntrospectionEndpoint, JwksEndpoint, MetadataEndpoint, RevocationEndpoint};

use super::builder::Routes;
use super::endpoint::Endpoint;

/// Builds the router. [`Router::merge`] does this conversion.
///
/// # Panics
///
/// Like [`Router::route`], if a path does not begin with a slash, or two endpoints have the same
/// path.
impl<S> From<Routes<S>> for Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn from(routes: Routes<S>) -> Self {
        let Routes { server, paths, .. } = routes;
        let metadata = MetadataEndpoint::new(server.clone()).with_grant_types(routes.grant_types);
        let metadata = (routes.metadata)(paths.name_in(metadata));
        let mut router = Router::new();
        for (endpoint, path) in paths.iter() {
            let server = server.clone();
            router = match endpoint {
                Endpoint::Introspection => {
                    router.route_service(path, IntrospectionEndpoint::new(server))
                }
                Endpoint::Jwks => router.route_service(path, JwksEndpoint::new(server)),
                Endpoint::Metadata => router.route_service(path, metadata.clone()),
                Endpoint::Revocation => router.route_service(path, RevocationEndpoint::new(server)),
                Endpoint::Sessions => match &routes.sessions {
                    Some(sessions) => router.nest_service(path, sessions.clone()),
                    None => router,
                },
                Endpoint::Token => router.route(path, routes.token.clone()),
            };
        }
        (routes.layers)(router)
    }
}
