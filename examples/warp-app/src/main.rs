//! A token endpoint around warp routes.
#![expect(clippy::print_stdout, reason = "it says where it is, and what to try")]

use std::error::Error;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, Keys, Parameters, RefreshLayer, RevocationEndpoint, Server};
use reissue_hyper::OnHyper;
use reissue_warp::{Denied, Granted, endpoint, token_parameters};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::timeout::RequestBodyDeadlineLayer;
use warp::{Filter, Rejection, Reply};

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}\ncurl -i {url}/token -d '{LOGIN}'");

    let client = Client::public("app").with_grants(["password", "refresh_token"]);
    let clients = ClientMap::new([client])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    let stack = ServiceBuilder::new()
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(5)))
        .layer(RefreshLayer::new(server.clone()).with_path("/token"))
        .service(warp::service(routes(server)));
    let service = OnHyper::new(stack);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely no file descriptor is left: it takes a connection that ends.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(5));
        tokio::spawn(http.serve_connection(TokioIo::new(stream), service.clone()));
    }
}

fn routes(server: Server) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let token = warp::path!("token").and(token_parameters()).then(login);
    let revoke = warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server)));
    let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!\n"));
    token.or(revoke).or(hello)
}

async fn login(form: Parameters) -> Result<Granted, Denied> {
    match (form.get("username"), form.get("password")) {
        (Some("alice"), Some("wonderland")) => Ok(Granted(Grant::new("alice"))),
        _ => Err(Denied(Denial::GrantRejected)),
    }
}
