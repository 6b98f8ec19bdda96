//! A service with a login page, a token endpoint and a protected API. `docs/start-here.md` explains
//! it part by part.
#![expect(clippy::print_stdout, reason = "it prints its address")]

mod codes;
mod keys;
mod login;
mod users;

use std::env;
use std::error::Error;
use std::future::ready;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use reissue::bearer::BearerLayer;
use reissue::client::{Client, ClientMap};
use reissue::guessing::{AddressSource, ClientAddressLayer};
use reissue::{GrantType, MetadataEndpoint, Server};
use reissue_axum::{BearerToken, routes};
use reissue_hyper::HttpServer;
use reissue_sqlite::SqliteStore;
use tokio::net::TcpListener;
use tower::Layer as _;

use crate::login::Login;
use crate::users::Users;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let users = Users::at("users");
    if let Some("add-user") = env::args().nth(1).as_deref() {
        return users.add(&env::args().nth(2).ok_or("add-user NAME")?);
    }
    let address = env::var("ADDRESS").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let issuer = env::var("ISSUER").unwrap_or_else(|_| format!("http://{address}"));

    let server = server(&issuer, users.clone())?;
    // Logs findings about the store, such as a disk that is nearly full.
    for finding in server.ready().await? {
        tracing::warn!(code = %finding.code, "{}", finding.detail);
    }
    let listener = TcpListener::bind(&address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, app(server, Login::new(&issuer, users))).await;
    Ok(())
}

// ANCHOR: server
fn server(issuer: &str, users: Users) -> Result<Server, Box<dyn Error>> {
    // A public client, because an application in a browser or on a phone cannot keep a secret.
    let app = Client::public(login::CLIENT)
        .with_grant_types([GrantType::AUTHORIZATION_CODE])
        .with_scope("notes".parse()?);
    let keys = keys::load("keys")?;
    let store = SqliteStore::open("sessions.db")?;
    Ok(Server::builder(issuer, keys, ClientMap::new([app])?, store)
        .with_hook(users)
        .build()?)
}
// ANCHOR_END: server

// ANCHOR: app
fn app(server: Server, login: Login) -> Router {
    // Without the session check, only the keys are needed, but a revoked token is valid until it
    // expires, for a few minutes.
    let bearer = BearerLayer::for_server(&server).with_session_check();
    let api = Router::new().route("/notes", get(notes)).layer(bearer);

    let oauth = routes(server)
        .with_grant_types([GrantType::AUTHORIZATION_CODE], login::redeem)
        .with_metadata(|metadata: MetadataEndpoint| {
            metadata.with_authorization_endpoint("/authorize")
        });
    Router::new()
        .route("/authorize", get(login::page).post(login::submit))
        .merge(oauth)
        .with_state(login)
        .merge(api)
}

async fn notes(BearerToken(token): BearerToken) -> String {
    format!("the notes of {}\n", token.subject)
}
// ANCHOR_END: app

// ANCHOR: serve
async fn serve(listener: TcpListener, app: Router) {
    let connect = |stream, peer: SocketAddr| {
        // Behind a proxy that appends to `X-Forwarded-For`: `AddressSource::XForwardedFor`.
        let address = ClientAddressLayer::new(peer.ip(), AddressSource::Connection);
        ready(Ok((stream, address.layer(app.clone()))))
    };
    let stop = async {
        // Without this signal the process ends without finishing its requests.
        let _ = tokio::signal::ctrl_c().await;
    };
    HttpServer::new().serve_with(listener, connect, stop).await;
}
// ANCHOR_END: serve
