use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use hyper_util::service::TowerToHyperService;
use reissue::{GrantType, Server};
use reissue_axum::{BearerToken, Denied, Granted, TokenClient, TokenParameters, routes};
use tokio::net::TcpListener;

use super::{ECHO, FIRST, LOGIN_HEADER, accept, bearer, echo, echo_type, grant, sessions};

pub(super) fn serve(listener: TcpListener, server: Server) {
    let (bearer, sessions) = (bearer(&server), sessions(&server));
    let routes = Router::new()
        .route("/hello", get(async || "hello"))
        .route("/echo", post(async |body: Bytes| body))
        .route("/whoami", get(whoami).layer(bearer.clone()))
        .merge(
            routes(server)
                .with_grant_types([GrantType::PASSWORD, echo_type()], token)
                .with_sessions(&bearer, sessions),
        );
    accept(listener, TowerToHyperService::new(routes));
}

async fn token(
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
    body: Bytes,
) -> Result<Response, Denied> {
    if parameters.get("grant_type") == Some(ECHO) {
        return Ok(echo(&client, &parameters, &body).into_response());
    }
    let granted = Granted(grant(&client, &parameters)?);
    Ok(([(LOGIN_HEADER, FIRST)], granted).into_response())
}

async fn whoami(BearerToken(token): BearerToken) -> String {
    token.subject
}
