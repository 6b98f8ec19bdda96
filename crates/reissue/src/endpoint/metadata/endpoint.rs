use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tower_service::Service;

use super::document::text;
use super::options::MetadataOptions;
use crate::grant::{GrantType, Scope};
use crate::server::Server;
use crate::wire::{Document, EndpointBody};

/// An endpoint that publishes the metadata of a server (RFC 8414 §3). Mount it at
/// `/.well-known/oauth-authorization-server`, followed by the path of the issuer if it has one.
///
/// The issuer, the grant types and authentication methods of the registry, and the algorithms of
/// the keys are taken from the server. The application sets where the endpoints are, because it
/// mounts them; those that it does not set are left out, as is every empty list (RFC 8414 §3.2). An
/// endpoint is given as a URL, or as a path that is appended to the issuer.
///
/// It responds to `GET` and `HEAD` as `application/json`, with a strong `ETag`, and with `304` to a
/// request that has it. Other methods are `405`.
///
/// ```
/// use http::Request;
/// use http_body_util::BodyExt;
/// use reissue::client::{Client, ClientMap};
/// use reissue::store::MemoryStore;
/// use reissue::{Keys, MetadataEndpoint, Server};
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clients = ClientMap::new([Client::public("app")])?;
/// let store = MemoryStore::new();
/// let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
/// let metadata = MetadataEndpoint::new(server)
///     .with_token_endpoint("/oauth2/token")
///     .with_jwks_uri("/.well-known/jwks.json");
///
/// let request = Request::get("/.well-known/oauth-authorization-server").body(())?;
/// let body = metadata.oneshot(request).await?.into_body().collect().await?.to_bytes();
/// let body = String::from_utf8(body.to_vec())?;
/// assert!(body.contains(r#""token_endpoint":"https://id.example/oauth2/token""#));
/// assert!(body.contains(r#""token_endpoint_auth_methods_supported":["none"]"#));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct MetadataEndpoint {
    server: Server,
    options: Arc<MetadataOptions>,
}

impl MetadataEndpoint {
    /// Returns the endpoint of a server, with no other endpoint set yet.
    pub fn new(server: Server) -> Self {
        Self {
            server,
            options: Arc::default(),
        }
    }

    /// Sets where the application's authorization endpoint is (RFC 6749 §3.1).
    pub fn with_authorization_endpoint(self, location: impl AsRef<str>) -> Self {
        let url = self.locate(location.as_ref());
        self.with(|options| options.authorization_endpoint = Some(url))
    }

    /// Sets where the [`RefreshLayer`](crate::RefreshLayer) is mounted (RFC 6749 §3.2).
    pub fn with_token_endpoint(self, location: impl AsRef<str>) -> Self {
        let url = self.locate(location.as_ref());
        self.with(|options| options.token_endpoint = Some(url))
    }

    /// Sets where the [`JwksEndpoint`](crate::JwksEndpoint) is mounted. Left out for a server whose
    /// access tokens have no public keys.
    pub fn with_jwks_uri(self, location: impl AsRef<str>) -> Self {
        let url = self.locate(location.as_ref());
        self.with(|options| options.jwks_uri = Some(url))
    }

    /// Sets where the [`RevocationEndpoint`](crate::RevocationEndpoint) is mounted.
    pub fn with_revocation_endpoint(self, location: impl AsRef<str>) -> Self {
        let url = self.locate(location.as_ref());
        self.with(|options| options.revocation_endpoint = Some(url))
    }

    /// Sets where the [`IntrospectionEndpoint`](crate::IntrospectionEndpoint) is mounted.
    pub fn with_introspection_endpoint(self, location: impl AsRef<str>) -> Self {
        let url = self.locate(location.as_ref());
        self.with(|options| options.introspection_endpoint = Some(url))
    }

    /// Sets the scopes to publish. Default: none.
    pub fn with_scopes(self, scopes: Scope) -> Self {
        self.with(|options| options.scopes = Some(scopes))
    }

    /// Sets the response types of the application's authorization endpoint, such as `code`.
    /// Default: none.
    pub fn with_response_types<T>(self, response_types: impl IntoIterator<Item = T>) -> Self
    where
        T: Into<String>,
    {
        self.with(|options| options.response_types = all(response_types))
    }

    /// Adds grant types that the token endpoint handles, besides `refresh_token`, which it always
    /// does. Default: those of the [registry](crate::client::Clients::grant_types).
    pub fn with_grant_types(self, grant_types: impl IntoIterator<Item = GrantType>) -> Self {
        self.with(|options| {
            let own = options.grant_types.get_or_insert_default();
            own.extend(grant_types);
        })
    }

    /// Sets the PKCE methods (RFC 7636 §4.3) of the application's authorization endpoint, such as
    /// `S256`. Default: none.
    pub fn with_code_challenge_methods<T>(self, methods: impl IntoIterator<Item = T>) -> Self
    where
        T: Into<String>,
    {
        self.with(|options| options.code_challenge_methods = all(methods))
    }

    /// Publishes that the application's authorization endpoint adds `iss` to every response, errors
    /// included (RFC 9207 §3). Clients of several servers then reject a response without it.
    /// Default: not published.
    pub fn with_authorization_response_iss(self) -> Self {
        self.with(|options| options.authorization_response_iss = true)
    }

    /// Sets for how long the metadata may be cached. Default: one hour.
    pub fn with_max_age(self, max_age: Duration) -> Self {
        self.with(|options| options.max_age = max_age)
    }

    fn with(mut self, change: impl FnOnce(&mut MetadataOptions)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }

    fn locate(&self, location: &str) -> String {
        if location.starts_with('/') {
            format!("{}{location}", self.server.issuer().trim_end_matches('/'))
        } else {
            location.to_owned()
        }
    }
}

impl<B> Service<Request<B>> for MetadataEndpoint {
    type Response = Response<EndpointBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<EndpointBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let document = Document {
            content_type: "application/json",
            max_age: self.options.max_age,
            text: text(&self.server, &self.options),
        };
        ready(Ok(document.respond(request.method(), request.headers())))
    }
}

impl fmt::Debug for MetadataEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetadataEndpoint")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn all<T>(texts: impl IntoIterator<Item = T>) -> Vec<String>
where
    T: Into<String>,
{
    texts.into_iter().map(Into::into).collect()
}
