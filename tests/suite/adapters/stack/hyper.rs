use hyper_util::service::TowerToHyperService;
use reissue::Server;
use tokio::net::TcpListener;
use tower::{Layer as _, service_fn};

use super::tower::routes;
use super::{accept, layer};

pub(super) fn serve(listener: TcpListener, server: Server) {
    let refresh = layer(&server);
    let routes = service_fn(move |request| routes(server.clone(), request));
    accept(listener, TowerToHyperService::new(refresh.layer(routes)));
}
