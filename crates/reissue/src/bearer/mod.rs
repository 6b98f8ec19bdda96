//! Guarding APIs: a layer for resource servers that verifies access tokens (RFC 6750).
//!
//! It needs the public keys of the issuer, and nothing else of this crate: no [`Server`](crate::Server) and no store.
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
//! // The service gets requests with good tokens only.
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

mod cache;
mod credentials;
mod future;
mod guard;
mod layer;
mod refusal;
mod service;
mod token;
mod verify;

pub use self::future::ResponseFuture;
pub use self::layer::BearerLayer;
pub use self::refusal::Refusal;
pub use self::service::Bearer;
pub use self::token::VerifiedToken;
