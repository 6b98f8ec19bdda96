//! The same response from each framework, bare and behind the layer.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper_util::service::TowerToHyperService;
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Keys, RefreshLayer, Server};
use tower::layer::util::Identity;
use tower::{Layer as _, service_fn};
use warp::Filter as _;

use crate::stopwatch::Subject;

/// Without the layer, and with it.
pub(crate) type Pair = (Subject, Subject);

pub(crate) fn axum() -> Pair {
    let behind = layer().layer(router());
    (
        subject(TowerToHyperService::new(router())),
        subject(TowerToHyperService::new(behind)),
    )
}

/// axum boxes service, future and body of every layer of a router once more, also of one that does
/// nothing: what it stands against here.
pub(crate) fn axum_router() -> Pair {
    let idle = router().layer(Identity::new());
    let behind = router().layer(layer());
    (
        subject(TowerToHyperService::new(idle)),
        subject(TowerToHyperService::new(behind)),
    )
}

/// What that boxing costs, by itself.
pub(crate) fn axum_boxing() -> Pair {
    let idle = router().layer(Identity::new());
    (
        subject(TowerToHyperService::new(router())),
        subject(TowerToHyperService::new(idle)),
    )
}

pub(crate) fn hyper() -> Pair {
    let bare = service_fn(respond);
    let behind = layer().layer(service_fn(respond));
    (
        subject(TowerToHyperService::new(bare)),
        subject(TowerToHyperService::new(behind)),
    )
}

pub(crate) fn warp() -> Pair {
    let routes = warp::path!("elsewhere").map(|| "hello");
    let bare = warp::service(routes);
    let behind = layer().layer(warp::service(routes));
    (
        subject(TowerToHyperService::new(bare)),
        subject(TowerToHyperService::new(behind)),
    )
}

fn router() -> Router {
    Router::new().route("/elsewhere", get(async || "hello"))
}

async fn respond<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello")))
}

fn layer() -> RefreshLayer {
    let clients = ClientMap::new([Client::public("app")]).expect("there is one");
    let keys = Keys::generate();
    let server = Server::builder("https://id.example", keys, clients, MemoryStore::new());
    let server = server.build().expect("the configuration is good");
    RefreshLayer::new(server).with_path("/token")
}

fn subject<S>(service: S) -> Subject
where
    S: hyper::service::Service<Request<Full<Bytes>>> + 'static,
    S::Error: std::fmt::Debug,
{
    Box::new(move |count| {
        for _ in 0..count {
            let mut request = Request::new(Full::default());
            *request.uri_mut() = Uri::from_static("/elsewhere");
            let mut response = pin!(service.call(black_box(request)));
            let mut context = Context::from_waker(Waker::noop());
            match response.as_mut().poll(&mut context) {
                Poll::Ready(response) => drop(black_box(response.expect("answered"))),
                Poll::Pending => panic!("there is nothing to wait for"),
            }
        }
    })
}
