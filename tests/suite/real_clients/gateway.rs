//! A gateway in front of the program, which can lose a response.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reissue_tests::TestResponse;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::demo;
use super::wire::Wire;
use crate::token_server::process::TokenServer;

/// The demo behind a gateway, which is its issuer.
pub(super) struct Gateway {
    pub(super) issuer: String,
    wire: Arc<Mutex<Wire>>,
    serving: JoinHandle<()>,
    _server: TokenServer,
}

impl Gateway {
    pub(super) async fn to_demo() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let server = demo::start(&[(ISSUER, &format!("issuer = \"{issuer}\""))]);
        let wire = Arc::default();
        let serving = tokio::spawn(serve(listener, server.address, Arc::clone(&wire)));
        Self {
            issuer,
            wire,
            serving,
            _server: server,
        }
    }

    /// What went over the wire.
    pub(super) fn transcript(&self) -> Vec<String> {
        lock(&self.wire).transcript()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, upstream: SocketAddr, wire: Arc<Mutex<Wire>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let wire = Arc::clone(&wire);
        let service = service_fn(move |request| pass(request, upstream, Arc::clone(&wire)));
        // The connection ends without a response if one is to be lost.
        tokio::spawn(server::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn pass(
    request: Request<Incoming>,
    upstream: SocketAddr,
    wire: Arc<Mutex<Wire>>,
) -> Result<Response<Full<Bytes>>, Lost> {
    if request.uri().path() == LOSE {
        lock(&wire).lose_next_response();
        let mut done = Response::default();
        *done.status_mut() = StatusCode::NO_CONTENT;
        return Ok(done);
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let asked = Request::from_parts(head.clone(), Full::new(body.clone()));
    let (response_head, response_body) = forward(asked, upstream).await.into_parts();
    let response = TestResponse::new(response_head.clone(), response_body.clone());
    if lock(&wire).loses(&head, &body, &response) {
        return Err(Lost);
    }
    Ok(Response::from_parts(
        response_head,
        Full::new(response_body),
    ))
}

async fn forward(request: Request<Full<Bytes>>, upstream: SocketAddr) -> Response<Bytes> {
    let stream = TcpStream::connect(upstream).await.unwrap();
    let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    connection.abort();
    Response::from_parts(head, body)
}

fn lock(wire: &Mutex<Wire>) -> std::sync::MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The error that makes hyper close a connection instead of responding.
#[derive(Debug)]
struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the response is lost")
    }
}

impl std::error::Error for Lost {}

/// The line of the demo that shows how to set it.
const ISSUER: &str = "# issuer = \"http://127.0.0.1:8080\"";

/// A script posts here before the request whose response is to be lost.
const LOSE: &str = "/lose-the-next-response";
