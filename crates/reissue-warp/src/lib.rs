//! Filters and replies for token servers and protected APIs on [warp].
//!
//! [`RefreshLayer`] works on [`warp::service()`] as it is: it handles `grant_type=refresh_token`,
//! authenticates the client of every other grant, and turns the [`Grant`] that the route returns
//! into tokens. This crate has the filters and replies for that route, mounts the other endpoints,
//! and has filters for the [access tokens](#protected-routes) of an API.
//!
//! ```
//! use reissue::client::{AuthenticatedClient, Client, ClientMap};
//! use reissue::store::MemoryStore;
//! use reissue::{
//!     Denial, Grant, GrantType, IntrospectionEndpoint, Keys, Parameters, Refresh, RefreshLayer,
//!     RevocationEndpoint, Server,
//! };
//! use reissue_warp::{Denied, Granted, endpoint, token_client, token_parameters};
//! use tower::Layer;
//! use warp::{Filter, Rejection, Reply};
//!
//! // Called for `grant_type=password` only, once the client is authenticated.
//! async fn login(client: AuthenticatedClient, parameters: Parameters) -> Result<Granted, Denied> {
//!     let username = parameters.require("username")?;
//!     let password = parameters.require("password")?;
//!     if (username, password) != ("alice", "wonderland") {
//!         return Err(Denied(Denial::GrantRejected));
//!     }
//!     let scope = client.scope().cloned().unwrap_or_default();
//!     Ok(Granted(Grant::new(username).with_scope(scope)))
//! }
//!
//! fn routes(server: Server) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
//!     let token = warp::path!("token").and(token_client()).and(token_parameters()).then(login);
//!     let revoke = warp::path!("revoke").and(endpoint(RevocationEndpoint::new(server.clone())));
//!     let introspect = IntrospectionEndpoint::new(server);
//!     let introspect = warp::path!("introspect").and(endpoint(introspect));
//!     token.or(revoke).or(introspect)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use http_body_util::{BodyExt as _, Full};
//! # use tower::ServiceExt as _;
//! # use warp::http::Request;
//! let clients = ClientMap::new([Client::public("app")
//!     .with_grant_types([GrantType::PASSWORD])
//!     .with_scope("read write".parse()?)])?;
//! let store = MemoryStore::new();
//! let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
//!
//! let refresh = RefreshLayer::new(server.clone())
//!     .with_path("/token")
//!     .with_grant_types([GrantType::PASSWORD]);
//! let app = refresh.layer(warp::service(routes(server)));
//!
//! let request = Request::post("/token")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(Full::<bytes::Bytes>::from(
//!         "grant_type=password&client_id=app&username=alice&password=wonderland",
//!     ))?;
//! let response = app.oneshot(request).await?;
//! assert_eq!(response.status(), 200);
//! let tokens = response.into_body().collect().await?.to_bytes();
//! assert!(tokens.starts_with(br#"{"access_token":"#));
//! # Ok(())
//! # }
//! ```
//!
//! The layer goes around all routes, so it needs [`RefreshLayer::with_path`]: on that path it
//! responds to every method, and the routes get only the other grants. [`warp::serve`] accepts
//! filters and no services, so serve it with `HttpServer` of `reissue-hyper`, or with hyper's
//! `serve_connection` and hyper-util's `TowerToHyperService`.
//!
//! # Addresses of clients
//!
//! Wrong client secrets are [counted](reissue::guessing) by the address that they come from. The
//! code that serves the connections puts a
//! [`ClientAddressLayer`](reissue::guessing::ClientAddressLayer) around the service, one for each
//! connection:
//!
//! ```
//! # use std::net::SocketAddr;
//! # fn serve<S: Clone>(app: &S, peer: SocketAddr) {
//! use reissue::guessing::{AddressSource, ClientAddressLayer};
//! use tower::Layer;
//!
//! let service = ClientAddressLayer::new(peer.ip(), AddressSource::Connection).layer(app.clone());
//! # drop(service);
//! # }
//! ```
//!
//! # The other endpoints
//!
//! Each is a service of the core crate, and [`endpoint()`] turns it into a filter. Set their paths
//! in the metadata:
//!
//! ```
//! # use reissue::Server;
//! # use reissue_warp::endpoint;
//! # use warp::{Filter, Rejection, Reply};
//! use reissue::bearer::BearerLayer;
//! use reissue::{JwksEndpoint, MetadataEndpoint, SessionsEndpoint};
//! use tower::Layer;
//!
//! # fn routes(server: Server) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
//! let metadata = MetadataEndpoint::new(server.clone())
//!     .with_token_endpoint("/token")
//!     .with_jwks_uri("/.well-known/jwks.json");
//! // With the session check, so that a revoked token cannot end sessions.
//! let bearer = BearerLayer::for_server(&server).with_session_check();
//! let sessions = SessionsEndpoint::builder(server.clone())
//!     .with_scope("sessions".parse().expect("one word is a scope"))
//!     .with_path("/sessions");
//! let sessions = bearer.layer(sessions);
//!
//! let metadata = warp::path!(".well-known" / "oauth-authorization-server")
//!     .and(endpoint(metadata));
//! let keys = warp::path!(".well-known" / "jwks.json").and(endpoint(JwksEndpoint::new(server)));
//! // Not `path!`: there are paths below it.
//! let sessions = warp::path("sessions").and(endpoint(sessions));
//! metadata.or(keys).or(sessions)
//! # }
//! ```
//!
//! # Protected routes
//!
//! [`bearer()`] is a filter that verifies the access token, so public and protected routes mix:
//! `warp::path!("whoami").and(bearer(&layer)).map(…)`, with one `.recover(recover_bearer)` at the
//! end. See there for an example.
//!
//! To protect all routes at once, put the layer around them, `bearer.layer(warp::service(routes))`.
//! They get the token with `warp::ext::get::<VerifiedToken>()`.
//!
//! # Filters and replies
//!
//! | name | what it is |
//! | --- | --- |
//! | [`token_client()`] | filter for the [`AuthenticatedClient`], behind [`RefreshLayer`] |
//! | [`token_parameters()`] | filter for the [`Parameters`], behind [`RefreshLayer`] |
//! | [`Granted`] | reply with a [`Grant`], which the layer turns into tokens |
//! | [`Denied`] | reply of a [`Denial`] (RFC 6749 §5.2); `?` converts one |
//! | [`endpoint()`] | filter that responds with a service of the core crate |
//! | [`bearer()`], [`optional_bearer()`] | filters that verify and extract the [`VerifiedToken`] |
//! | [`recover_bearer()`] | turns a [`BearerRejection`] into the response of RFC 6750 §3 |
//!
//! The replies are separate types because warp's trait can only be implemented for types of this
//! crate. `warp::ext::get::<Parameters>()` extracts the same as [`token_parameters()`], with
//! another rejection. Use the parameters rather than the body: in warp only one filter can take the
//! body of a request, and no other route is tried with it.
//!
//! # What it does not do
//!
//! It is no complete authorization server: the route authenticates the user and obtains consent.
//!
//! [warp]: https://docs.rs/warp
//! [`AuthenticatedClient`]: reissue::client::AuthenticatedClient
//! [`Denial`]: reissue::Denial
//! [`Grant`]: reissue::Grant
//! [`Parameters`]: reissue::Parameters
//! [`VerifiedToken`]: reissue::bearer::VerifiedToken
//! [`RefreshLayer`]: reissue::RefreshLayer
//! [`RefreshLayer::with_path`]: reissue::RefreshLayer::with_path
//! [`warp::serve`]: https://docs.rs/warp/0.4/warp/fn.serve.html

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bearer;
mod endpoint;
mod extract;
mod filter_body;
mod reject;
mod respond;

pub use self::bearer::{bearer, optional_bearer};
pub use self::endpoint::endpoint;
pub use self::extract::{token_client, token_parameters};
pub use self::filter_body::FilterBody;
pub use self::reject::{BearerRejection, MissingLayer, recover_bearer};
pub use self::respond::{Denied, EndpointReply, Granted};
