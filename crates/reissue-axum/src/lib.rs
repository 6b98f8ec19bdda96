//! Routes, extractors and responses for token servers and protected APIs on [axum].
//!
//! [`RefreshLayer`] works on axum as it is: it handles `grant_type=refresh_token`, authenticates
//! the client of every other grant, and turns the [`Grant`] that the handler returns into tokens.
//! This crate has the extractors and responses for that handler, mounts the endpoints in one call,
//! and has extractors for the [access tokens](#protected-routes) of an API.
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use reissue::client::{Client, ClientMap};
//! use reissue::store::MemoryStore;
//! use reissue::{Denial, Grant, GrantType, Keys, Server};
//! use reissue_axum::{Denied, Granted, TokenClient, TokenParameters, routes};
//!
//! // Called for `grant_type=password` only, once the client is authenticated.
//! async fn login(
//!     TokenClient(client): TokenClient,
//!     TokenParameters(parameters): TokenParameters,
//! ) -> Result<Granted, Denied> {
//!     let username = parameters.require("username")?;
//!     let password = parameters.require("password")?;
//!     if (username, password) != ("alice", "wonderland") {
//!         return Err(Denied(Denial::GrantRejected));
//!     }
//!     let scope = client.scope().cloned().unwrap_or_default();
//!     Ok(Granted(Grant::new(username).with_scope(scope)))
//! }
//!
//! fn app(server: Server) -> Router {
//!     Router::new()
//!         .route("/hello", get(async || "hello"))
//!         .merge(routes(server).with_grant_types([GrantType::PASSWORD], login))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use axum::body::{Body, to_bytes};
//! # use axum::http::Request;
//! # use tower::ServiceExt as _;
//! let clients = ClientMap::new([Client::public("app")
//!     .with_grant_types([GrantType::PASSWORD])
//!     .with_scope("read write".parse()?)])?;
//! let store = MemoryStore::new();
//! let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
//!
//! let request = Request::post("/token")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(Body::from(
//!         "grant_type=password&client_id=app&username=alice&password=wonderland",
//!     ))?;
//! let response = app(server.clone()).oneshot(request).await?;
//! assert_eq!(response.status(), 200);
//! let tokens = to_bytes(response.into_body(), 64 * 1024).await?;
//! assert!(tokens.starts_with(br#"{"access_token":"#));
//!
//! let request = Request::get("/.well-known/oauth-authorization-server").body(Body::empty())?;
//! let metadata = app(server).oneshot(request).await?;
//! let metadata = String::from_utf8(to_bytes(metadata.into_body(), 64 * 1024).await?.to_vec())?;
//! assert!(metadata.contains(r#""revocation_endpoint":"https://id.example/revoke""#));
//! # Ok(())
//! # }
//! ```
//!
//! # By hand
//!
//! [`routes()`] does the same as this, for each endpoint at its path:
//!
//! ```
//! # use axum::{Router, routing::post};
//! # use reissue::{GrantType, RefreshLayer, RevocationEndpoint, Server};
//! # use reissue_axum::Granted;
//! # async fn login() -> Granted { Granted(reissue::Grant::new("alice")) }
//! # fn app(server: Server) -> Router {
//! let refresh = RefreshLayer::new(server.clone()).with_grant_types([GrantType::PASSWORD]);
//! Router::new()
//!     .route("/token", post(login).layer(refresh))
//!     .route_service("/revoke", RevocationEndpoint::new(server))
//! # }
//! ```
//!
//! Put the layer on the method router, `post(login).layer(…)`: then it also responds to methods
//! other than `POST`. The other endpoints are services that handle every method, so mount them with
//! [`Router::route_service`].
//!
//! # Protected routes
//!
//! [`BearerLayer`] verifies the access tokens of an API. Behind it, handlers take the token:
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use reissue::Server;
//! use reissue::bearer::BearerLayer;
//! use reissue_axum::{BearerToken, RequiredScope, ScopedToken, routes};
//!
//! async fn whoami(BearerToken(token): BearerToken) -> String {
//!     token.subject
//! }
//!
//! struct Write;
//!
//! impl RequiredScope for Write {
//!     const SCOPE: &str = "write";
//! }
//!
//! // `403` with `insufficient_scope` for other tokens.
//! async fn add(token: ScopedToken<Write>, item: String) -> String {
//!     format!("{item}, added by {}", token.subject)
//! }
//!
//! fn app(server: Server) -> Router {
//!     let bearer = BearerLayer::for_server(&server);
//!     let api = Router::new()
//!         .route("/whoami", get(whoami))
//!         .route("/items", get(async || "some").post(add))
//!         .layer(bearer);
//!     Router::new().merge(routes(server)).merge(api)
//! }
//! ```
//!
//! An API in a separate service builds the layer from the issuer's public keys, with
//! [`BearerLayer::new`](reissue::bearer::BearerLayer::new). Routes that serve requests with and
//! without a token take `Option<BearerToken>`; see [`BearerToken`].
//!
//! # Extractors and responses
//!
//! | type | what it is | behind |
//! | --- | --- | --- |
//! | [`TokenClient`] | extractor of the [`AuthenticatedClient`] | [`RefreshLayer`] |
//! | [`TokenParameters`] | extractor of the [`Parameters`], without secrets | [`RefreshLayer`] |
//! | [`Granted`] | response with a [`Grant`], which becomes tokens | [`RefreshLayer`] |
//! | [`Denied`] | response of a [`Denial`]; `?` converts one | [`RefreshLayer`] |
//! | [`BearerToken`] | extractor of the [`VerifiedToken`] | [`BearerLayer`] |
//! | [`ScopedToken`] | the same, with a required scope | [`BearerLayer`] |
//! | [`BearerRejection`] | response of a denied request (RFC 6750 §3) | [`BearerLayer`] |
//!
//! They are separate types because axum's traits can only be implemented for types of this crate. A
//! handler may also take `Extension<AuthenticatedClient>`, `Extension<Parameters>` and
//! `Extension<VerifiedToken>`, or return `Extension(grant)`.
//!
//! # Addresses of clients
//!
//! Wrong client secrets are [counted](reissue::guessing) by the address that they come from.
//! [`ConnectInfoLayer`] takes it from axum's `ConnectInfo`:
//!
//! ```
//! use std::net::SocketAddr;
//!
//! use axum::Router;
//! use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
//! use reissue::Server;
//! use reissue::guessing::AddressSource;
//! use reissue_axum::{ConnectInfoLayer, routes};
//!
//! /// Returns the service for `axum::serve`.
//! fn service(server: Server) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
//!     // `Routes::layer` puts it around the endpoints only, `Router::layer` around everything.
//!     let addresses = ConnectInfoLayer::new(AddressSource::Connection);
//!     let app: Router = Router::new().merge(routes(server).layer(addresses));
//!     app.into_make_service_with_connect_info()
//! }
//! ```
//!
//! It must wrap [`RefreshLayer`], [`BearerLayer`] and the endpoints, because they read the address:
//! with [`Router::layer`] and [`Routes::layer`] the last layer is the outermost. A layer that
//! replaces `ConnectInfo`, such as one for the PROXY protocol, must wrap it in turn.
//!
//! # What it does not do
//!
//! It is no complete authorization server: the handler authenticates the user and obtains consent.
//!
//! # Features
//!
//! * `connect-info` (default): [`ConnectInfoLayer`], and with it axum's feature `tokio`.
//!
//! [axum]: https://docs.rs/axum
//! [`AuthenticatedClient`]: reissue::client::AuthenticatedClient
//! [`BearerLayer`]: reissue::bearer::BearerLayer
//! [`Denial`]: reissue::Denial
//! [`Grant`]: reissue::Grant
//! [`Parameters`]: reissue::Parameters
//! [`RefreshLayer`]: reissue::RefreshLayer
//! [`Router::layer`]: axum::Router::layer
//! [`Router::route_service`]: axum::Router::route_service
//! [`VerifiedToken`]: reissue::bearer::VerifiedToken

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bearer;
#[cfg(feature = "connect-info")]
mod connect_info;
mod extract;
mod reject;
mod respond;
mod routes;

pub use self::bearer::{BearerToken, RequiredScope, ScopedToken};
#[cfg(feature = "connect-info")]
pub use self::connect_info::{
    ConnectInfoLayer, MissingConnectInfo, ResponseFuture, WithConnectInfo,
};
pub use self::extract::{TokenClient, TokenParameters};
pub use self::reject::{BearerRejection, MissingLayer};
pub use self::respond::{Denied, Granted};
pub use self::routes::{Endpoint, Routes, routes};
