//! Glue and a server for a token endpoint on [hyper] without a framework.
//!
//! [`RefreshLayer`] wraps tower services, hyper serves services of its own, and an async function is neither.
//! [`AlwaysReady`] leads from hyper to tower, [`OnHyper`] from tower to hyper.
//!
//! ```
//! use bytes::Bytes;
//! use http_body_util::BodyExt;
//! use http_body_util::combinators::BoxBody;
//! use hyper::body::Incoming;
//! use hyper::server::conn::http1;
//! use hyper::service::service_fn;
//! use hyper::{Request, Response, StatusCode};
//! use hyper_util::rt::TokioIo;
//! use reissue::client::{Client, ClientMap};
//! use reissue::guessing::{AddressSource, ClientAddressLayer};
//! use reissue::store::MemoryStore;
//! use reissue::{
//!     EndpointBody, Denial, Grant, JwksEndpoint, Keys, MetadataEndpoint, Parameters, RefreshLayer,
//!     RequestBody, RevocationEndpoint, Server,
//! };
//! use reissue_hyper::{AlwaysReady, OnHyper};
//! use std::convert::Infallible;
//! use tokio::net::TcpListener;
//! use tower::{Layer, Service};
//!
//! type Body = BoxBody<Bytes, Infallible>;
//!
//! // Called for `grant_type=password` only, once the client is authenticated.
//! fn login(parameters: &Parameters) -> Response<Body> {
//!     let username = parameters.get("username");
//!     if (username, parameters.get("password")) != (Some("alice"), Some("wonderland")) {
//!         return Denial::GrantRejected.to_response();
//!     }
//!     let mut response = Response::new(Body::default());
//!     response.extensions_mut().insert(Grant::new("alice"));
//!     response
//! }
//!
//! async fn routes(
//!     server: Server,
//!     request: Request<RequestBody<Incoming>>,
//! ) -> Result<Response<Body>, Infallible> {
//!     if let Some(parameters) = request.extensions().get::<Parameters>() {
//!         return Ok(login(parameters));
//!     }
//!     let response: Response<EndpointBody> = match request.uri().path() {
//!         "/revoke" => RevocationEndpoint::new(server).call(request).await?,
//!         "/.well-known/oauth-authorization-server" => metadata(server).call(request).await?,
//!         "/.well-known/jwks.json" => JwksEndpoint::new(server).call(request).await?,
//!         _ => {
//!             let mut response = Response::default();
//!             *response.status_mut() = StatusCode::NOT_FOUND;
//!             response
//!         }
//!     };
//!     Ok(response.map(BodyExt::boxed))
//! }
//!
//! fn metadata(server: Server) -> MetadataEndpoint {
//!     MetadataEndpoint::new(server)
//!         .with_token_endpoint("/token")
//!         .with_revocation_endpoint("/revoke")
//!         .with_jwks_uri("/.well-known/jwks.json")
//! }
//!
//! async fn serve(listener: TcpListener, server: Server) -> std::io::Result<()> {
//!     let refresh = RefreshLayer::new(server.clone()).with_path("/token");
//!     let routes = service_fn(move |request| routes(server.clone(), request));
//!     let service = refresh.layer(AlwaysReady::new(routes));
//!     loop {
//!         let (stream, peer) = listener.accept().await?;
//!         let stream = TokioIo::new(stream);
//!         // Wrong client secrets are counted by the address that they come from.
//!         let address = ClientAddressLayer::new(peer.ip(), AddressSource::Connection);
//!         let service = OnHyper::new(address.layer(service.clone()));
//!         tokio::spawn(http1::Builder::new().serve_connection(stream, service));
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! let app = Client::public("app").with_grants(["password", "refresh_token"]);
//! let clients = ClientMap::new([app])?;
//! let server =
//!     Server::builder("https://id.example", Keys::generate(), clients, MemoryStore::new()).build()?;
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! tokio::spawn(serve(listener, server));
//!
//! let form = "grant_type=password&client_id=app&username=alice&password=wonderland";
//! let request = format!(
//!     "POST /token HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\
//!      content-type: application/x-www-form-urlencoded\r\n\r\n{form}",
//!     form.len()
//! );
//! let mut stream = tokio::net::TcpStream::connect(address).await?;
//! stream.write_all(request.as_bytes()).await?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer).await?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK"));
//! assert!(answer.contains(r#"{"access_token":"#));
//! # Ok(())
//! # }
//! ```
//!
//! # The words
//!
//! | to get | from | write |
//! | --- | --- | --- |
//! | a tower service that a layer can wrap | an async function | `AlwaysReady::new(service_fn(function))` |
//! | | a hyper service | `AlwaysReady::new(service)` |
//! | a hyper service for `serve_connection` | a tower service | `OnHyper::new(service)` |
//!
//! They know nothing of tokens, and any tower layer goes between them. There is no more to it: the handler takes the
//! [`AuthenticatedClient`] and the [`Parameters`] from the extensions of the request, and answers a [`Grant`] in those of
//! the response. `tower::service_fn` is as good as [`AlwaysReady`] where tower is at hand, and hyper-util's
//! `TowerToHyperService` as good as [`OnHyper`] where that is.
//!
//! The other endpoints are tower services that are always ready: the function calls the one whose path was asked for, as above,
//! with the bearer layer around it where there is one, `bearer.layer(sessions.with_path("/sessions"))`.
//!
//! # Serving
//!
//! The loop above shows what the words are for, and is not fit for the Internet: a peer that says nothing, or sends
//! requests and never reads, holds a connection and its buffers for ever. With the feature `server` there is
//! `HttpServer`, which serves any tower service with deadlines for heads, bodies, reading and idleness, bounds on buffers
//! and connections, and a graceful stop; with the feature `http2` for HTTP/2, too.
//!
//! # What it is not
//!
//! Not a router: [`RefreshLayer::with_path`] says which path is the token endpoint, the function tells the others apart.
//!
//! [hyper]: https://docs.rs/hyper
//! [`AuthenticatedClient`]: https://docs.rs/reissue/latest/reissue/client/struct.AuthenticatedClient.html
//! [`Grant`]: https://docs.rs/reissue/latest/reissue/struct.Grant.html
//! [`Parameters`]: https://docs.rs/reissue/latest/reissue/struct.Parameters.html
//! [`RefreshLayer`]: https://docs.rs/reissue/latest/reissue/struct.RefreshLayer.html
//! [`RefreshLayer::with_path`]: https://docs.rs/reissue/latest/reissue/struct.RefreshLayer.html#method.with_path

mod always_ready;
mod future;
mod on_hyper;
#[cfg(feature = "server")]
mod server;

pub use self::always_ready::AlwaysReady;
pub use self::future::ResponseFuture;
pub use self::on_hyper::OnHyper;
#[cfg(feature = "server")]
pub use self::server::{BodyTimeout, HttpServer, Listener, RequestBody, Stopped};
