//! Routes, extractors and responses for a token server on [axum].
//!
//! [`RefreshLayer`] works on axum as it is: it answers `grant_type=refresh_token`, authenticates the client of every
//! other grant, and turns the [`Grant`] that the handler answers into tokens. This crate lets that handler say so in
//! axum's words, and mounts the endpoints in one call.
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use reissue::client::{Client, ClientMap};
//! use reissue::store::MemoryStore;
//! use reissue::{Denial, Grant, Keys, Server};
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
//!         .merge(routes(server).with_grants(["password"], login))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use axum::body::{Body, to_bytes};
//! # use axum::http::Request;
//! # use tower::ServiceExt as _;
//! let clients = ClientMap::new([Client::public("app")
//!     .with_grants(["password", "refresh_token"])
//!     .with_scope("read write".parse()?)])?;
//! let server =
//!     Server::builder("https://id.example", Keys::generate(), clients, MemoryStore::new()).build()?;
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
//! [`routes()`] is no more than this, for each endpoint at its path:
//!
//! ```
//! # use axum::{Router, routing::post};
//! # use reissue::{RefreshLayer, RevocationEndpoint, Server};
//! # use reissue_axum::Granted;
//! # async fn login() -> Granted { Granted(reissue::Grant::new("alice")) }
//! # fn app(server: Server) -> Router {
//! let refresh = RefreshLayer::new(server.clone()).with_grant_types(["password"]);
//! Router::new()
//!     .route("/token", post(login).layer(refresh))
//!     .route_service("/revoke", RevocationEndpoint::new(server))
//! # }
//! ```
//!
//! Put the layer on the method router, `post(login).layer(…)`: then it also answers the methods that are not `POST`. The
//! other endpoints are services of their own and take every method, so they go into [`Router::route_service`].
//!
//! # The words
//!
//! | in the handler | is | because |
//! | --- | --- | --- |
//! | [`TokenClient`] | extractor of [`AuthenticatedClient`] | the layer has authenticated it |
//! | [`TokenParameters`] | extractor of [`Parameters`] | the layer has parsed the form, and no secret is in it |
//! | [`Granted`] | response with a [`Grant`] | the layer turns it into tokens |
//! | [`Denied`] | response of a [`Denial`] | RFC 6749 §5.2; `?` makes it of a [`Denial`] |
//!
//! They are types of their own because axum's traits can only be implemented for types of the crate that does it.
//! A handler may also take `Extension<AuthenticatedClient>` and `Extension<Parameters>`, or answer
//! `Extension(grant)`: that is all there is behind the words.
//!
//! # Guessing
//!
//! Wrong client secrets are counted by the address that they come from, which the server must be
//! told: [`ConnectInfoLayer`] does, where the router is served with `ConnectInfo`. See
//! [`reissue::guessing`].
//!
//! # What it is not
//!
//! Not an authorization server: who the user is, and what the user agreed to, is the handler's to find out. Not a guard
//! for APIs either: it makes tokens and checks none.
//!
//! # Features
//!
//! * `connect-info` (default): [`ConnectInfoLayer`], and with it axum's feature `tokio`.
//!
//! [axum]: https://docs.rs/axum
//! [`AuthenticatedClient`]: reissue::client::AuthenticatedClient
//! [`Denial`]: reissue::Denial
//! [`Grant`]: reissue::Grant
//! [`Parameters`]: reissue::Parameters
//! [`RefreshLayer`]: reissue::RefreshLayer
//! [`Router::route_service`]: axum::Router::route_service

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "connect-info")]
mod connect_info;
mod extract;
mod reject;
mod respond;
mod routes;

#[cfg(feature = "connect-info")]
pub use self::connect_info::{
    ConnectInfoLayer, MissingConnectInfo, ResponseFuture, WithConnectInfo,
};
pub use self::extract::{TokenClient, TokenParameters};
pub use self::reject::MissingLayer;
pub use self::respond::{Denied, Granted};
pub use self::routes::{Endpoint, Routes, routes};
