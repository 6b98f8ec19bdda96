//! Access tokens at APIs: a layer and a plain function that verify them (RFC 6750).
//!
//! An API needs the public keys of the issuer, and nothing else of this crate: no
//! [`Server`](crate::Server) and no store.
//!
//! ```
//! use http::{Request, Response};
//! use reissue::bearer::{BearerLayer, VerifiedToken};
//! use reissue::key::{Algorithm, KeyRing, SigningKey};
//! use reissue::token::JwtVerifier;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = reissue::Timestamp::from_secs(1_800_000_000);
//! # let published = KeyRing::new(SigningKey::generate(Algorithm::EdDsa)?).to_jwks(now);
//! // Fetched from the issuer's `jwks_uri`.
//! let keys = JwtVerifier::new(KeyRing::from_jwks(&published)?);
//! let bearer = BearerLayer::new(keys, "https://id.example", "https://api.example")?
//!     .with_scope("read".parse()?);
//!
//! // The service gets requests with valid tokens only.
//! let whoami = bearer.layer(service_fn(async |request: Request<String>| {
//!     let token = request.extensions().get::<VerifiedToken>().expect("the layer sets it");
//!     Ok::<_, std::convert::Infallible>(Response::new(token.subject.clone()))
//! }));
//!
//! let response = whoami.oneshot(Request::new(String::new())).await?;
//! assert_eq!(response.status(), 401);
//! assert_eq!(response.headers()["www-authenticate"], r#"Bearer realm="https://api.example""#);
//! # Ok(())
//! # }
//! ```

mod access_denied;
#[cfg(feature = "issue")]
mod cache;
mod credentials;
mod denial;
#[cfg(feature = "issue")]
mod for_server;
mod future;
mod guard;
mod layer;
mod lookup;
mod reporter;
mod request;
mod rules;
mod service;
#[cfg(feature = "issue")]
mod session_cache;
#[cfg_attr(not(feature = "issue"), path = "no_session_check.rs")]
mod session_check;
mod token;
mod verify;

pub use self::access_denied::AccessDenied;
pub use self::denial::BearerDenial;
pub use self::future::ResponseFuture;
pub use self::layer::{BearerLayer, KeysOnly};
pub use self::lookup::VerifyFuture;
pub use self::reporter::DeniedRequest;
pub use self::request::AccessRequest;
pub use self::service::Bearer;
#[cfg(feature = "issue")]
pub use self::session_cache::SessionCache;
pub use self::token::VerifiedToken;
