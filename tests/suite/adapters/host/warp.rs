use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use reissue::client::AuthenticatedClient;
use reissue::{IntrospectionEndpoint, Parameters, RevocationEndpoint, Server};
use reissue_hyper::OnHyper;
use reissue_warp::{Denied, Granted, endpoint, token_client, token_parameters};
use tokio::net::TcpListener;
use tower::Layer as _;
use warp::Filter as _;

use super::{accept, grant, layer};

pub(super) fn serve(listener: TcpListener, server: Server) {
    let refresh = layer(server.clone()).with_path("/token");
    let routes = warp::path!("token")
        .and(token_client())
        .and(token_parameters())
        .then(token)
        .or(warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server.clone()))))
        .or(warp::path!("introspect").and(endpoint(IntrospectionEndpoint::new(server))))
        .or(warp::path!("hello").and(warp::get()).map(|| "hello"))
        .or(warp::path!("echo")
            .and(warp::post())
            .and(warp::body::bytes())
            .map(|body: Bytes| {
                Response::builder()
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .body(body)
            }));
    accept(listener, OnHyper::new(refresh.layer(warp::service(routes))));
}

async fn token(client: AuthenticatedClient, parameters: Parameters) -> Result<Granted, Denied> {
    Ok(Granted(grant(&client, &parameters)?))
}
