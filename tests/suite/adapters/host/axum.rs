use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use hyper_util::service::TowerToHyperService;
use reissue::{IntrospectionEndpoint, RevocationEndpoint, Server};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};
use tokio::net::TcpListener;

use super::{accept, grant, layer};

pub(super) fn serve(listener: TcpListener, server: Server) {
    let routes = Router::new()
        .route("/token", post(token).layer(layer(server.clone())))
        .route_service("/revoke", RevocationEndpoint::new(server.clone()))
        .route_service("/introspect", IntrospectionEndpoint::new(server))
        .route("/hello", get(async || "hello"))
        .route("/echo", post(async |body: Bytes| body));
    accept(listener, TowerToHyperService::new(routes));
}

async fn token(
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
) -> Result<Granted, Denied> {
    Ok(Granted(grant(&client, &parameters)?))
}
