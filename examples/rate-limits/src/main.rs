//! A rate limit for each address outside the token endpoint, and one for each client inside.
#![expect(clippy::print_stdout, reason = "it prints its address and what to try")]

mod limit;
mod serve;

use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::post;
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, GrantType, Keys, RefreshLayer, Server};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};
use tokio::net::TcpListener;

use crate::limit::{Limit, TooMany};
use crate::serve::serve;

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}\ncurl -i {url}/token -d '{LOGIN}'");

    let client = |id| Client::public(id).with_grant_types([GrantType::PASSWORD]);
    let clients = ClientMap::new([client("app"), client("other")])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    let app = app(server).ok_or("the limits are not limits")?;
    serve(listener, app).await
}

fn app(server: Server) -> Option<Router> {
    // For all requests, by address.
    let addresses = Limit::start(NonZeroU32::new(20)?, Duration::from_secs(1))?;
    let addresses = Addresses {
        limit: addresses,
        hasher: RandomState::new(),
    };
    // For logins, by authenticated client, so there are no more keys than clients. Refreshes do not
    // reach this.
    let clients = Limit::start(NonZeroU32::new(3)?, Duration::from_secs(10))?;
    let token = post(login)
        .layer::<_, Infallible>(from_fn_with_state(clients, by_client))
        .layer(RefreshLayer::new(server));
    let app = Router::new()
        .route("/token", token)
        .layer(from_fn_with_state(addresses, by_address));
    Some(app)
}

#[derive(Clone)]
struct Addresses {
    limit: Limit<u16>,
    hasher: RandomState,
}

/// Returns one of 65,536 buckets for the address, by a keyed hash that clients cannot predict. So
/// many addresses cannot fill the memory; two addresses in one bucket share its limit.
fn bucket_of(address: IpAddr, hasher: &RandomState) -> u16 {
    let [first, second, ..] = hasher.hash_one(address).to_ne_bytes();
    u16::from_ne_bytes([first, second])
}

async fn by_address(
    State(Addresses { limit, hasher }): State<Addresses>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Result<Response, TooMany> {
    limit.take(&bucket_of(peer.ip(), &hasher))?;
    Ok(next.run(request).await)
}

async fn by_client(
    State(limit): State<Limit<String>>,
    TokenClient(client): TokenClient,
    request: Request,
    next: Next,
) -> Result<Response, TooMany> {
    limit.take(&client.id().to_owned())?;
    Ok(next.run(request).await)
}

async fn login(TokenParameters(form): TokenParameters) -> Result<Granted, Denied> {
    match (form.get("username"), form.get("password")) {
        (Some("alice"), Some("wonderland")) => Ok(Granted(Grant::new("alice"))),
        _ => Err(Denied(Denial::GrantRejected)),
    }
}
