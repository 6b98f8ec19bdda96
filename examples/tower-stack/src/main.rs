//! A token endpoint in an existing tower stack: load shedding, a concurrency limit, a time-out, and
//! authentication for the other routes.
#![expect(clippy::print_stdout, reason = "it prints its address and what to try")]

mod serve;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, GrantType, Keys, RefreshLayer, Server};
use reissue_axum::{Denied, Granted, TokenParameters};
use tokio::net::TcpListener;
use tower::{BoxError, ServiceBuilder};
use tower_http::timeout::TimeoutLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::serve::serve;

const PATIENCE: Duration = Duration::from_secs(10);
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}\ncurl -i {url}/token -d '{LOGIN}'");

    let client = Client::public("app").with_grant_types([GrantType::PASSWORD]);
    let clients = ClientMap::new([client])?;
    let server = Server::builder(url, Keys::generate(), clients, MemoryStore::new()).build()?;
    let routes = Router::new()
        .route("/token", post(login))
        .route("/report", get(async || "all is well\n"));
    // Around the router: one limit for all routes.
    let stack = ServiceBuilder::new()
        .map_request(|request: Request<_>| request.map(Body::new))
        .layer(HandleErrorLayer::new(shed))
        .load_shed()
        .concurrency_limit(2)
        // Inside the limit, so that a slow request gives its place back.
        .layer(TimeoutLayer::with_status_code(UNAVAILABLE, PATIENCE))
        .layer(ValidateRequestHeaderLayer::custom(is_operator))
        .map_response(|response: Response<_>| response.map(Body::new))
        .layer(RefreshLayer::new(server).with_path("/token"))
        .service(routes);
    serve(listener, stack).await
}

/// Requires operator credentials, except at the token endpoint, which authenticates its clients.
#[expect(clippy::result_large_err, reason = "the layer requires this signature")]
fn is_operator(request: &mut Request) -> Result<(), Response> {
    let key = request.headers().get(AUTHORIZATION);
    if request.uri().path() == "/token" || key.is_some_and(|key| key == "Bearer operator") {
        return Ok(());
    }
    Err(StatusCode::UNAUTHORIZED.into_response())
}

async fn shed(_: BoxError) -> Response {
    (UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()
}

async fn login(TokenParameters(form): TokenParameters) -> Result<Granted, Denied> {
    match (form.get("username"), form.get("password")) {
        (Some("alice"), Some("wonderland")) => Ok(Granted(Grant::new("alice"))),
        _ => Err(Denied(Denial::GrantRejected)),
    }
}
