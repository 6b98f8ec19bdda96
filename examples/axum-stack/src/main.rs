//! A token server for an application in the browser: tracing, CORS, compression and time-outs
//! around it.
#![expect(clippy::print_stdout, reason = "it prints its address and what to try")]

mod serve;

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, GrantType, Keys, Server};
use reissue_axum::{Denied, Granted, TokenParameters, routes};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::serve::serve;

/// The origin of the application.
const ORIGIN: &str = "http://localhost:3000";
const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(std::io::stderr)
        .init();
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!(
        "listening on {url}\ncurl -i --compressed -H 'origin: {ORIGIN}' {url}/token -d '{LOGIN}'"
    );

    let client = Client::public("app").with_grant_types([GrantType::PASSWORD]);
    let clients = ClientMap::new([client])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    serve(listener, app(server)).await
}

fn app(server: Server) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static(ORIGIN))
        .allow_methods([Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .expose_headers([RETRY_AFTER]);
    // CORS is outermost: the token endpoint denies a preflight, and the application must be able to
    // read a time-out too.
    let around = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(cors)
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(2),
        ));
    let oauth = routes(server).with_grant_types([GrantType::PASSWORD], login);
    Router::new().merge(oauth).layer(around)
}

/// Contains the path and not the query, because some clients put tokens there.
fn span(request: &Request) -> Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path())
}

async fn login(TokenParameters(form): TokenParameters) -> Result<Granted, Denied> {
    match (form.get("username"), form.get("password")) {
        (Some("alice"), Some("wonderland")) => Ok(Granted(Grant::new("alice"))),
        _ => Err(Denied(Denial::GrantRejected)),
    }
}
