use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use hyper_util::service::TowerToHyperService;
use reissue::Server;
use reissue_axum::{BearerToken, Denied, Granted, TokenClient, TokenParameters, routes};
use tokio::net::TcpListener;

use super::{accept, bearer, grant, sessions};

pub(super) fn serve(listener: TcpListener, server: Server) {
    let (bearer, sessions) = (bearer(&server), sessions(&server));
    let routes = Router::new()
        .route("/hello", get(async || "hello"))
        .route("/echo", post(async |body: Bytes| body))
        .route("/whoami", get(whoami).layer(bearer.clone()))
        .merge(
            routes(server)
                .with_grants(["password"], token)
                .with_sessions(&bearer, sessions),
        );
    accept(listener, TowerToHyperService::new(routes));
}

async fn token(
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
) -> Result<Granted, Denied> {
    Ok(Granted(grant(&client, &parameters)?))
}

async fn whoami(BearerToken(token): BearerToken) -> String {
    token.subject
}
