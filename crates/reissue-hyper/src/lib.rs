//! HTTP/1 and HTTP/2 server for tower services on hyper, with deadlines, bounds and graceful
//! shutdown.
//!
//! A loop around hyper's `serve_connection` is not enough on the Internet: a peer that sends
//! nothing, or that sends requests and never reads, holds a connection and its buffers for ever.
//! [`HttpServer`] bounds everything that a peer can delay or fill. It was written for the token
//! endpoint of [`reissue`], and serves any tower service.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use reissue_hyper::{HttpServer, IncomingBody};
//! use tokio::net::TcpListener;
//! use tower::service_fn;
//!
//! async fn hello(_: Request<IncomingBody>) -> Result<Response<Full<Bytes>>, Infallible> {
//!     Ok(Response::new(Full::from("hello")))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! # let address = listener.local_addr()?;
//! let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
//! # let stop = async move {
//! #     use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! #     drop(stop);
//! #     let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
//! #     let request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
//! #     stream.write_all(request.as_bytes()).await.unwrap();
//! #     let mut response = String::new();
//! #     stream.read_to_string(&mut response).await.unwrap();
//! #     assert!(response.starts_with("HTTP/1.1 200 OK") && response.ends_with("hello"));
//! # };
//! let stopped = HttpServer::new().serve(listener, service_fn(hello), stop).await;
//! assert_eq!(stopped.aborted, 0);
//! # Ok(())
//! # }
//! ```
//!
//! # A token endpoint without a framework
//!
//! `tower::service_fn` turns an async function into a service, [`RefreshLayer`] wraps it, and
//! [`serve_with`](HttpServer::serve_with) adds the address of the peer to each request. The other
//! endpoints of `reissue` are tower services; the function calls the one whose path matches.
//!
//! ```no_run
//! use std::convert::Infallible;
//! use std::future::ready;
//! use std::net::SocketAddr;
//!
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use http_body_util::BodyExt;
//! use http_body_util::combinators::BoxBody;
//! use reissue::guessing::{AddressSource, ClientAddressLayer};
//! use reissue::{Grant, JwksEndpoint, RefreshLayer, RequestBody, RevocationEndpoint, Server};
//! use reissue_hyper::{HttpServer, IncomingBody};
//! use tokio::net::TcpListener;
//! use tower::{Layer, Service, service_fn};
//!
//! type Body = BoxBody<Bytes, Infallible>;
//!
//! async fn routes(
//!     server: Server,
//!     request: Request<RequestBody<IncomingBody>>,
//! ) -> Result<Response<Body>, Infallible> {
//!     Ok(match request.uri().path() {
//!         // The layer has authenticated the client, and responds to `refresh_token` itself.
//!         "/token" => log_in(&request),
//!         "/revoke" => RevocationEndpoint::new(server).call(request).await?.map(BodyExt::boxed),
//!         "/jwks.json" => JwksEndpoint::new(server).call(request).await?.map(BodyExt::boxed),
//!         _ => {
//!             let mut response = Response::new(Body::default());
//!             *response.status_mut() = StatusCode::NOT_FOUND;
//!             response
//!         }
//!     })
//! }
//!
//! /// The login of the application. The layer turns the grant into tokens.
//! fn log_in<B>(request: &Request<B>) -> Response<Body> {
//! #   let _ = request;
//!     // …
//!     let mut response = Response::new(Body::default());
//!     response.extensions_mut().insert(Grant::new("alice"));
//!     response
//! }
//!
//! async fn serve(listener: TcpListener, server: Server, stop: impl Future<Output = ()>) {
//!     let refresh = RefreshLayer::new(server.clone()).with_path("/token");
//!     let service = refresh.layer(service_fn(move |request| routes(server.clone(), request)));
//!     let connect = |stream, peer: SocketAddr| {
//!         // Wrong client secrets are counted by the address that they come from.
//!         let address = ClientAddressLayer::new(peer.ip(), AddressSource::Connection);
//!         ready(Ok((stream, address.layer(service.clone()))))
//!     };
//!     HttpServer::new().serve_with(listener, connect, stop).await;
//! }
//! ```
//!
//! # What it does not do
//!
//! * It does not bound how long the service takes: use a time-out layer.
//! * It does not terminate TLS. `serve_with` takes the handshake of a TLS library.
//! * It has no router.
//!
//! To serve a tower service with hyper's own `serve_connection`, use `TowerToHyperService` of
//! [hyper-util].
//!
//! # Features
//!
//! * `http2`: HTTP/2 beside HTTP/1.
//!
//! [hyper-util]: https://docs.rs/hyper-util
//! [`reissue`]: https://docs.rs/reissue
//! [`RefreshLayer`]: https://docs.rs/reissue/latest/reissue/struct.RefreshLayer.html

#![cfg_attr(docsrs, feature(doc_cfg))]

mod acceptor;
mod activity;
mod connection;
mod deadline;
mod deadline_timer;
mod http_server;
mod hyper_builder;
mod incoming_body;
mod listener;
mod moment;
mod response_body;
mod serve;
mod watched_io;
mod watched_service;

pub use crate::http_server::HttpServer;
pub use crate::incoming_body::{BodyTimeout, IncomingBody};
pub use crate::listener::Listener;
pub use crate::serve::Stopped;
