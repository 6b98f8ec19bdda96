use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use reissue::bearer::VerifiedToken;
use reissue::client::AuthenticatedClient;
use reissue::{IntrospectionEndpoint, JwksEndpoint, Parameters, RevocationEndpoint, Server};
use reissue_warp::{Denied, Granted, endpoint, token_client, token_parameters};
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceExt as _, service_fn};
use warp::{Filter, Rejection, Reply};

use super::{accept, bearer, grant, layer, metadata, sessions};

pub(super) fn serve(listener: TcpListener, server: &Server) {
    let whoami = warp::path!("whoami")
        .and(warp::get())
        .and(warp::ext::get())
        .map(|token: VerifiedToken| token.subject);
    let guarded = bearer(server).layer(warp::service(whoami));
    let routes = layer(server).layer(warp::service(routes(server)));
    let service = service_fn(move |request: Request<Incoming>| {
        let (guarded, routes) = (guarded.clone(), routes.clone());
        async move {
            match request.uri().path() {
                "/whoami" => guarded.oneshot(request).await,
                _ => routes.oneshot(request).await,
            }
        }
    });
    accept(listener, TowerToHyperService::new(service));
}

fn routes(
    server: &Server,
) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + use<> {
    let sessions = sessions(server).with_path("/sessions");
    let sessions = bearer(server).layer(sessions);
    warp::path!("token")
        .and(token_client())
        .and(token_parameters())
        .then(token)
        .or(warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server.clone()))))
        .or(warp::path!("introspect").and(endpoint(IntrospectionEndpoint::new(server.clone()))))
        .or(warp::path!(".well-known" / "oauth-authorization-server")
            .and(endpoint(metadata(server))))
        .or(warp::path!(".well-known" / "jwks.json")
            .and(endpoint(JwksEndpoint::new(server.clone()))))
        .or(warp::path("sessions").and(endpoint(sessions)))
        .or(warp::path!("hello").and(warp::get()).map(|| "hello"))
        .or(warp::path!("echo")
            .and(warp::post())
            .and(warp::body::bytes())
            .map(|body: Bytes| {
                Response::builder()
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .body(body)
            }))
}

async fn token(client: AuthenticatedClient, parameters: Parameters) -> Result<Granted, Denied> {
    Ok(Granted(grant(&client, &parameters)?))
}
