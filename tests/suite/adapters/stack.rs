//! One server on each stack, with the same routes.

mod axum;
mod hyper;
mod program;
mod tower;
mod warp;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use reissue::bearer::BearerLayer;
use reissue::client::{AuthenticatedClient, Client, ClientStatus, IntrospectionAccess};
use reissue::{
    Denial, Grant, GrantType, MetadataEndpoint, Parameters, RefreshLayer, Server, SessionsEndpoint,
};
use reissue_tests::{Endpoint, TestKeys, TestResponse, confidential};
use tokio::net::TcpListener;

use ::hyper::body::Incoming;
use ::hyper::service::Service;

use super::client::{Protocol, send};
use crate::token_server::process::TokenServer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framework {
    Axum,
    Hyper,
    Warp,
}

/// A server to talk with.
pub(super) struct Stack {
    door: Door,
    /// The server's own clock, store and events; `None` if it is a program of its own.
    pub(super) endpoint: Option<Endpoint>,
}

enum Door {
    /// A service in this process.
    Service(Server),
    /// Listens for as long as the test runs.
    Socket(SocketAddr, Protocol),
    Program(TokenServer),
}

impl Stack {
    /// tower alone: no framework, and no socket.
    pub(super) fn on_tower(keys: &TestKeys) -> Self {
        let endpoint = endpoint(keys);
        Self {
            door: Door::Service(endpoint.server.clone()),
            endpoint: Some(endpoint),
        }
    }

    pub(super) async fn listening(
        framework: Framework,
        protocol: Protocol,
        keys: &TestKeys,
    ) -> Self {
        let endpoint = endpoint(keys);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = endpoint.server.clone();
        match framework {
            Framework::Axum => axum::serve(listener, server),
            Framework::Hyper => hyper::serve(listener, server),
            Framework::Warp => warp::serve(listener, &server),
        }
        Self {
            door: Door::Socket(address, protocol),
            endpoint: Some(endpoint),
        }
    }

    pub(super) fn token_server() -> Self {
        Self {
            door: Door::Program(program::start()),
            endpoint: None,
        }
    }

    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> TestResponse {
        match &self.door {
            Door::Service(server) => tower::send(server, request).await,
            Door::Socket(address, Protocol::Http1) => {
                let is_head = request.method() == Method::HEAD;
                let response = send(*address, Protocol::Http1, request).await;
                if !is_head && !response.body.is_empty() {
                    let length = response.headers[CONTENT_LENGTH].to_str().unwrap();
                    assert_eq!(length, response.body.len().to_string());
                }
                response
            }
            Door::Socket(address, Protocol::Http2) => {
                send(*address, Protocol::Http2, request).await
            }
            Door::Program(server) => program::send(server, request).await,
        }
    }
}

/// All of them know the same clients and have the same keys, and the clock of each starts at the
/// same time.
fn endpoint(keys: &TestKeys) -> Endpoint {
    Endpoint::builder()
        .keys(keys.keys())
        .client(
            confidential("web")
                .with_grant_types([
                    GrantType::PASSWORD,
                    GrantType::CLIENT_CREDENTIALS,
                    echo_type(),
                ])
                .with_introspection_access(IntrospectionAccess::AllTokens),
        )
        .client(confidential("gone").with_status(ClientStatus::Disabled))
        .client(
            Client::public("app")
                .with_grant_types([GrantType::PASSWORD])
                .with_scope("read write".parse().unwrap()),
        )
        .client(
            Client::public("short")
                .with_grant_types([GrantType::PASSWORD])
                .without_refresh_token()
                .with_scope("read".parse().unwrap()),
        )
        .build()
}

/// The response of each framework's handler to its own grants.
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

/// The response of each framework's handler to [`ECHO`]: its input.
fn echo(client: &AuthenticatedClient, parameters: &Parameters, body: &[u8]) -> String {
    let names: Vec<&str> = parameters.iter().map(|(name, _)| name).collect();
    let body = String::from_utf8_lossy(body);
    format!("{} {} {body}", client.id(), names.join(" "))
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
                // A client that has its response may disconnect in any way.
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
}

fn layer(server: &Server) -> RefreshLayer {
    RefreshLayer::new(server.clone())
        .with_path("/token")
        .with_grant_types([GrantType::PASSWORD, echo_type()])
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

/// The responses of axum's routes themselves.
fn metadata(server: &Server) -> MetadataEndpoint {
    MetadataEndpoint::new(server.clone())
        .with_grant_types([GrantType::PASSWORD, echo_type()])
        .with_token_endpoint("/token")
        .with_revocation_endpoint("/revoke")
        .with_introspection_endpoint("/introspect")
        .with_jwks_uri("/.well-known/jwks.json")
}

/// [`ECHO`] as a type.
fn echo_type() -> GrantType {
    ECHO.parse().expect("it is a grant type")
}

/// A grant type for which the handler returns no grant.
pub(super) const ECHO: &str = "urn:example:echo";

/// A header that the handler sets around a grant, and its value.
pub(super) const LOGIN_HEADER: &str = "x-login";
pub(super) const FIRST: &str = "first";
