//! The endpoint for the public keys (RFC 7517 §5).

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tower_service::Service;

use crate::server::Server;
use crate::wire::{Document, EndpointBody};

/// An endpoint that publishes the public keys of a server: the JWK Set (RFC 7517 §5) at `jwks_uri`.
///
/// The active key comes first. Keys that are not used [yet](crate::key::KeyRing::with_used_from)
/// follow, so that verifiers have them in time, and then the retired ones, until [they
/// expire](crate::key::KeyRing::with_retired_until). A server whose access tokens have no public
/// keys, with PASETO `v4.local`, publishes an empty set.
///
/// It responds to `GET` and `HEAD` as `application/jwk-set+json` (RFC 7517 §8.5), with a strong
/// `ETag`, and with `304` to a request that has it. Other methods are `405`.
///
/// ```
/// use http::Request;
/// use reissue::client::ClientMap;
/// use reissue::store::MemoryStore;
/// use reissue::{JwksEndpoint, Keys, Server};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clients = ClientMap::default();
/// let store = MemoryStore::new();
/// let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
///
/// let request = Request::get("/.well-known/jwks.json").body(())?;
/// let response = JwksEndpoint::new(server).oneshot(request).await?;
/// assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct JwksEndpoint {
    server: Server,
    max_age: Duration,
}

impl JwksEndpoint {
    /// Returns the endpoint of a server.
    pub fn new(server: Server) -> Self {
        Self {
            server,
            max_age: Duration::from_secs(300),
        }
    }

    /// Sets for how long verifiers may cache the keys: the `max-age` of `Cache-Control` (RFC 9111
    /// §5.2.2.1). Default: 5 minutes.
    ///
    /// A new key must be published for at least this long before it is used, or verifiers deny its
    /// tokens: the time that it is [used from](crate::key::KeyRing::with_used_from) must be further
    /// ahead than this when the last server publishes it. [How to replace a
    /// key](crate::key::KeyRing#replacing-a-key) has all the steps.
    pub fn with_max_age(self, max_age: Duration) -> Self {
        Self { max_age, ..self }
    }
}

impl<B> Service<Request<B>> for JwksEndpoint {
    type Response = Response<EndpointBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<EndpointBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let keys = self.server.jwks();
        let document = Document {
            content_type: "application/jwk-set+json",
            max_age: self.max_age,
            text: keys.unwrap_or_else(|| r#"{"keys":[]}"#.to_owned()),
        };
        ready(Ok(document.respond(request.method(), request.headers())))
    }
}
