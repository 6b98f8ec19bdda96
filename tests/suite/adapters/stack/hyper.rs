use hyper::service::service_fn;
use reissue::Server;
use reissue_hyper::{AlwaysReady, OnHyper};
use tokio::net::TcpListener;
use tower::Layer as _;

use super::tower::routes;
use super::{accept, layer};

pub(super) fn serve(listener: TcpListener, server: Server) {
    let refresh = layer(&server);
    let routes = service_fn(move |request| routes(server.clone(), request));
    accept(
        listener,
        OnHyper::new(refresh.layer(AlwaysReady::new(routes))),
    );
}
