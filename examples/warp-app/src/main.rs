//! A token endpoint around warp routes.
#![expect(clippy::print_stdout, reason = "it prints its address and what to try")]

use std::error::Error;

use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{
    Denial, Grant, GrantType, Keys, Parameters, RefreshLayer, RevocationEndpoint, Server,
};
use reissue_hyper::HttpServer;
use reissue_warp::{Denied, Granted, endpoint, token_parameters};
use tokio::net::TcpListener;
use tower::Layer as _;
use warp::{Filter, Rejection, Reply};

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}\ncurl -i {url}/token -d '{LOGIN}'");

    let client = Client::public("app").with_grant_types([GrantType::PASSWORD]);
    let clients = ClientMap::new([client])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    let refresh = RefreshLayer::new(server.clone()).with_path("/token");
    let service = refresh.layer(warp::service(routes(server)));
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    HttpServer::new().serve(listener, service, stop).await;
    Ok(())
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
