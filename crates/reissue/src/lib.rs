//! Tower middleware for correct OAuth 2.0 refresh-token issuance, rotation and revocation.
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::{BodyExt, Full};
//! use reissue::client::{Client, ClientMap, SecretHash};
//! use reissue::store::MemoryStore;
//! use reissue::{Grant, GrantType, Keys, Parameters, RefreshLayer, RequestBody, Server};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The clients, and the store of the sessions.
//! let web = Client::confidential("web", SecretHash::sha256("gX1fBat3bV-a generated secret"))
//!     .with_grant_types([GrantType::PASSWORD]);
//! let server = Server::builder(
//!     "https://id.example",
//!     Keys::generate(),
//!     ClientMap::new([web])?,
//!     MemoryStore::new(),
//! )
//! .build()?;
//!
//! // Your own handler decides who the user is, and returns a grant. It handles no tokens.
//! let login = service_fn(async |request: Request<RequestBody<Full<_>>>| {
//!     let parameters = request.extensions().get::<Parameters>().expect("the layer sets it");
//!     let user = parameters.get("username").unwrap_or("nobody");
//!     let mut response = Response::new(Full::<bytes::Bytes>::default());
//!     response.extensions_mut().insert(Grant::new(user));
//!     Ok::<_, std::convert::Infallible>(response)
//! });
//!
//! // One layer makes it a token endpoint.
//! let endpoint = RefreshLayer::new(server).layer(login);
//!
//! let request = Request::post("/token")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .header("authorization", "Basic d2ViOmdYMWZCYXQzYlYtYStnZW5lcmF0ZWQrc2VjcmV0")
//!     .body(Full::from("grant_type=password&username=alice&password=wonderland"))?;
//! let response = endpoint.oneshot(request).await?;
//! assert_eq!(response.status(), 200);
//! let body = response.into_body().collect().await?.to_bytes();
//! assert!(body.windows(15).any(|bytes| bytes == b"\"refresh_token\""));
//! # Ok(())
//! # }
//! ```
//!
//! # Concepts
//!
//! A login is a *session*: a family of refresh tokens, of which one generation is current. Using
//! the current token returns the next one. For a short grace period after it was superseded, a
//! token returns the current one, so that neither a second tab nor a lost response logs the user
//! out. A token that is presented later was probably stolen, and ends the session, however often
//! the session was refreshed since.
//!
//! The grant is encrypted inside the token. So invalid requests are denied before the
//! [store](store::Store) is read. The store keeps one small record for each session, and a refresh
//! is one atomic compare-and-set of its generation, as the last step. A request that fails has
//! changed nothing. If the store fails, the response is `503`, and the client keeps its token.
//!
//! | to | see |
//! | --- | --- |
//! | add a token endpoint to a handler | [`RefreshLayer`] |
//! | use the engine without HTTP | [`Server`] |
//! | describe what a user granted | [`Grant`] |
//! | set lifetimes, and what happens to a used token | [`Policy`] |
//! | register clients | [`client`] |
//! | allow or deny each refresh and introspection | [`hook`] |
//! | receive events | [`event`] |
//! | use another store for sessions | [`store`] |
//! | choose keys and the format of access tokens | [`key`], [`token`] |
//! | protect an API with access tokens | [`bearer`] |
//! | limit guesses at secrets | [`guessing`] |
//! | publish metadata and keys | [`MetadataEndpoint`], [`JwksEndpoint`] |
//! | let users list and end their sessions | [`SessionsEndpoint`] |
//!
//! # What it does not do
//!
//! It does not log users in, ask for consent, or serve the authorization endpoint; the example
//! `token-server` shows how to add them, and [`Grant::with_single_use_id`] makes codes single-use.
//! It does not check DPoP proofs or client certificates: an outer layer does, and inserts the
//! [`Confirmation`] into the request's extensions. It limits guesses at secrets, and no other rate.
//! Time-outs for headers and bodies are the task of the HTTP server.
//!
//! # Features
//!
//! | feature | brings | crates |
//! | --- | --- | --- |
//! | `issue` (default) | the authorization server; without it: [`bearer`], [`key`], [`token`] | |
//! | `paseto` (in `issue`) | access tokens as PASETO; without it only as JWT | +23 |
//! | `tracing` (default) | [`event::trace`] logs every event, and a bearer layer its denials | +3 |
//! | `argon2` | [`client::SecretHash::argon2id`], for client secrets that people have chosen | +4 |
//! | `encrypted-pem` | private keys that are encrypted with a passphrase | +21 |
//! | `contract` | `store::contract`, the suite that every store must pass | |
//!
//! An API that verifies JWTs needs `reissue = { version = "…", default-features = false }`.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bearer;
#[cfg(feature = "issue")]
pub mod client;
mod clock;
mod config;
#[cfg(feature = "issue")]
mod denial;
#[cfg(feature = "issue")]
mod endpoint;
#[cfg(feature = "issue")]
pub mod event;
mod grant;
pub mod guessing;
#[cfg(all(test, shuttle))]
mod interleavings;
mod json;
pub mod key;
#[cfg(feature = "issue")]
mod policy;
#[cfg(feature = "paseto")]
mod random;
#[cfg(feature = "issue")]
mod secret;
#[cfg(feature = "issue")]
mod server;
mod sid;
#[cfg(feature = "issue")]
pub mod store;
pub mod token;
#[cfg(feature = "issue")]
mod token_endpoint;
#[cfg(feature = "paseto")]
mod v4_local;
mod wire;

pub use crate::clock::{Clock, SystemClock, Timestamp};
pub use crate::config::ConfigError;
#[cfg(feature = "issue")]
pub use crate::denial::{CustomDenial, Denial, ErrorCode};
#[cfg(feature = "issue")]
pub use crate::endpoint::{
    EndpointFuture, IntrospectionEndpoint, JwksEndpoint, MetadataEndpoint, RefreshEndpoint,
    RevocationEndpoint, SessionsEndpoint, SessionsEndpointBuilder,
};
pub use crate::grant::{Claims, Confirmation, InvalidClaim, InvalidScope, Scope};
#[cfg(feature = "issue")]
pub use crate::grant::{
    Grant, GrantType, InvalidGrantType, InvalidParameter, InvalidResource, LabelTooLong, Resource,
    ResponseParameters,
};
pub use crate::json::{InvalidJson, Json, JsonNumber};
#[cfg(feature = "issue")]
pub use crate::policy::{
    KeepResponse, Lifetime, OfflineAccess, OnReuse, OnSharedSession, Policy, PolicyBuilder,
    Rotation,
};
#[cfg(feature = "paseto")]
pub use crate::random::NoRandomness;
#[cfg(feature = "issue")]
pub use crate::secret::{AccessToken, ClientSecret, PresentedToken, RefreshToken};
#[cfg(feature = "issue")]
pub use crate::server::{
    AccessTokenRevocation, ActiveToken, AmendOutcome, Introspection, Keys, RefreshRequest, Server,
    ServerBuilder, ServerError, Session, Tokens, hook,
};
pub use crate::sid::{InvalidSid, Sid};
pub use crate::token::TokenType;
#[cfg(feature = "issue")]
pub use crate::token_endpoint::{Refresh, RefreshLayer, ResponseFuture};
pub use crate::wire::{EndpointBody, ResponseBody};
#[cfg(feature = "issue")]
pub use crate::wire::{Parameters, RequestBody};
