//! A token endpoint on hyper without a framework, over HTTP/2.
#![expect(clippy::print_stdout, reason = "it prints its address and what to try")]

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, GrantType, Keys, Parameters, RefreshLayer, Server};
use reissue_hyper::HttpServer;
use tokio::net::TcpListener;
use tower::{Layer as _, service_fn};

type Body = BoxBody<Bytes, Infallible>;

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}\ncurl -i --http2-prior-knowledge {url}/token -d '{LOGIN}'");

    let client = Client::public("app").with_grant_types([GrantType::PASSWORD]);
    let clients = ClientMap::new([client])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    let routes = service_fn(async |request| Ok::<_, Infallible>(route(&request)));
    let service = RefreshLayer::new(server).with_path("/token").layer(routes);
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    // With deadlines for the preface, heads, bodies and peers that do not read.
    HttpServer::new()
        .http2_only()
        .serve(listener, service, stop)
        .await;
    Ok(())
}

fn route<B>(request: &Request<B>) -> Response<Body> {
    let mut response = Response::new(Body::default());
    match request.extensions().get::<Parameters>() {
        Some(form) if is_alice(form) => {
            response.extensions_mut().insert(Grant::new("alice"));
        }
        Some(_) => return Denial::GrantRejected.to_response(),
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

fn is_alice(form: &Parameters) -> bool {
    (form.get("username"), form.get("password")) == (Some("alice"), Some("wonderland"))
}
