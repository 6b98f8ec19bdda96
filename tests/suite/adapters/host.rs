//! One server on each framework, with the same routes.

mod axum;
mod hyper;
mod warp;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use reissue::bearer::BearerLayer;
use reissue::client::{AuthenticatedClient, Client};
use reissue::{
    Denial, Grant, MetadataEndpoint, Parameters, RefreshLayer, Server, SessionsEndpoint,
};
use reissue_tests::{Endpoint, TestKeys, confidential};
use tokio::net::TcpListener;

use ::hyper::body::Incoming;
use ::hyper::service::Service;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framework {
    Axum,
    Hyper,
    Warp,
}

/// A server that listens for as long as the test runs.
pub(super) struct Host {
    pub(super) address: SocketAddr,
    pub(super) endpoint: Endpoint,
}

impl Host {
    /// All of them know the same clients and have the same keys, and the clock of each starts at the same time.
    pub(super) async fn start(framework: Framework, keys: &TestKeys) -> Self {
        let endpoint = Endpoint::builder()
            .keys(keys.keys())
            .client(confidential("web").with_introspection(true))
            .client(confidential("gone").with_enabled(false))
            .client(
                Client::public("app")
                    .with_grants(["password", "refresh_token"])
                    .with_scope("read write".parse().unwrap()),
            )
            .client(
                Client::public("short")
                    .with_grants(["password"])
                    .with_scope("read".parse().unwrap()),
            )
            .build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = endpoint.server.clone();
        match framework {
            Framework::Axum => axum::serve(listener, server),
            Framework::Hyper => hyper::serve(listener, server),
            Framework::Warp => warp::serve(listener, &server),
        }
        Self { address, endpoint }
    }
}

/// What the handler of each framework answers to the grants that are its own.
fn grant(client: &AuthenticatedClient, parameters: &Parameters) -> Result<Grant, Denial> {
    let username = parameters.require("username")?;
    if parameters.get("password") != Some("wonderland") {
        return Err(Denial::GrantRejected);
    }
    let scope = match username {
        "greedy" => "read write admin".parse().ok(),
        _ => client.scope().cloned(),
    };
    Ok(Grant::new(username).with_scope(scope.unwrap_or_default()))
}

/// Accepts connections of both protocols.
fn accept<S, B>(listener: TcpListener, service: S)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let http = auto::Builder::new(TokioExecutor::new());
                // A client that has its answer may leave as it likes.
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
}

fn layer(server: &Server) -> RefreshLayer {
    RefreshLayer::new(server.clone())
        .with_path("/token")
        .with_grant_types(["password"])
}

/// Around the resource, and the sessions.
fn bearer(server: &Server) -> BearerLayer<Server> {
    BearerLayer::for_server(server).with_session_check()
}

/// The sessions, for tokens with `read`.
fn sessions(server: &Server) -> SessionsEndpoint {
    let scope = "read".parse().expect("one word is a scope");
    SessionsEndpoint::builder(server.clone()).with_scope(scope)
}

/// What axum's routes say by themselves.
fn metadata(server: &Server) -> MetadataEndpoint {
    MetadataEndpoint::new(server.clone())
        .with_grant_types(["password", "refresh_token"])
        .with_token_endpoint("/token")
        .with_revocation_endpoint("/revoke")
        .with_introspection_endpoint("/introspect")
        .with_jwks_uri("/.well-known/jwks.json")
}
