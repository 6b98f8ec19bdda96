use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use hyper_util::service::TowerToHyperService;
use reissue::bearer::VerifiedToken;
use reissue::client::AuthenticatedClient;
use reissue::{IntrospectionEndpoint, JwksEndpoint, Parameters, RevocationEndpoint, Server};
use reissue_warp::{Denied, Granted, endpoint, recover_bearer, token_client, token_parameters};
use tokio::net::TcpListener;
use tower::Layer as _;
use warp::{Filter, Rejection, Reply};

use super::{ECHO, FIRST, LOGIN_HEADER, accept, bearer, echo, grant, layer, metadata, sessions};

pub(super) fn serve(listener: TcpListener, server: &Server) {
    let routes = layer(server).layer(warp::service(routes(server)));
    accept(listener, TowerToHyperService::new(routes));
}

fn routes(
    server: &Server,
) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + use<> {
    let sessions = sessions(server).with_path("/sessions");
    let bearer = bearer(server);
    let sessions = bearer.layer(sessions);
    let whoami = warp::path!("whoami")
        .and(warp::get())
        .and(reissue_warp::bearer(&bearer))
        .map(|token: VerifiedToken| token.subject);
    warp::path!("token")
        .and(token_client())
        .and(token_parameters())
        .and(warp::body::bytes())
        .then(token)
        .or(warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server.clone()))))
        .or(warp::path!("introspect").and(endpoint(IntrospectionEndpoint::new(server.clone()))))
        .or(warp::path!(".well-known" / "oauth-authorization-server")
            .and(endpoint(metadata(server))))
        .or(warp::path!(".well-known" / "jwks.json")
            .and(endpoint(JwksEndpoint::new(server.clone()))))
        .or(warp::path("sessions").and(endpoint(sessions)))
        .or(whoami)
        .or(warp::path!("hello").and(warp::get()).map(|| "hello"))
        .or(warp::path!("echo")
            .and(warp::post())
            .and(warp::body::bytes())
            .map(|body: Bytes| {
                Response::builder()
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .body(body)
            }))
        .recover(recover_bearer)
}

async fn token(
    client: AuthenticatedClient,
    parameters: Parameters,
    body: Bytes,
) -> Result<warp::reply::Response, Denied> {
    if parameters.get("grant_type") == Some(ECHO) {
        return Ok(echo(&client, &parameters, &body).into_response());
    }
    let granted = Granted(grant(&client, &parameters)?);
    Ok(warp::reply::with_header(granted, LOGIN_HEADER, FIRST).into_response())
}
