//! A token endpoint on bare hyper, by HTTP/2.
#![expect(clippy::print_stdout, reason = "it says where it is, and what to try")]

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, Keys, Parameters, RefreshLayer, Server};
use reissue_hyper::{AlwaysReady, OnHyper};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::timeout::RequestBodyDeadlineLayer;

type Body = BoxBody<Bytes, Infallible>;

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}\ncurl -i --http2-prior-knowledge {url}/token -d '{LOGIN}'");

    let client = Client::public("app").with_grants(["password", "refresh_token"]);
    let clients = ClientMap::new([client])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    let stack = ServiceBuilder::new()
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(5)))
        .layer(RefreshLayer::new(server).with_path("/token"))
        .service(AlwaysReady::new(service_fn(async |request| {
            Ok::<_, Infallible>(route(&request))
        })));
    let service = OnHyper::new(stack);
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .max_concurrent_streams(64);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely no file descriptor is left: it takes a connection that ends.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        tokio::spawn(http.serve_connection(TokioIo::new(stream), service.clone()));
    }
}

fn route<B>(request: &Request<B>) -> Response<Body> {
    let mut response = Response::new(Body::default());
    match request.extensions().get::<Parameters>() {
        Some(form) if is_alice(form) => {
            response.extensions_mut().insert(Grant::new("alice"));
        }
        Some(_) => return Denial::GrantRejected.to_response("").map(Body::new),
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

fn is_alice(form: &Parameters) -> bool {
    (form.get("username"), form.get("password")) == (Some("alice"), Some("wonderland"))
}
