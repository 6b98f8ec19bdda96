//! The endpoint for the server's metadata (RFC 8414).

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use serde::Serialize;
use tower_service::Service;

use crate::client::AuthMethod;
use crate::grant::{GrantType, Scope};
use crate::key::Algorithm;
use crate::server::Server;
use crate::wire::{Document, EndpointBody, READING, method_not_allowed, reads};

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

/// What the application sets.
#[derive(Clone, Debug)]
struct MetadataOptions {
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    jwks_uri: Option<String>,
    revocation_endpoint: Option<String>,
    introspection_endpoint: Option<String>,
    scopes: Option<Scope>,
    response_types: Vec<String>,
    grant_types: Option<Vec<GrantType>>,
    code_challenge_methods: Vec<String>,
    authorization_response_iss: bool,
    max_age: Duration,
}

impl MetadataEndpoint {
    /// Returns the endpoint of a server, with no other endpoint set yet.
    pub fn new(server: Server) -> Self {
        Self {
            server,
            options: Arc::new(MetadataOptions {
                authorization_endpoint: None,
                token_endpoint: None,
                jwks_uri: None,
                revocation_endpoint: None,
                introspection_endpoint: None,
                scopes: None,
                response_types: Vec::new(),
                grant_types: None,
                code_challenge_methods: Vec::new(),
                authorization_response_iss: false,
                max_age: Duration::from_secs(3_600),
            }),
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

    fn text(&self) -> String {
        let (server, options) = (&self.server, &*self.options);
        let methods = server.clients().auth_methods();
        let methods: Vec<&'static str> = methods.into_iter().map(AuthMethod::as_str).collect();
        let methods_at = |endpoint: &Option<String>| {
            endpoint.as_ref().map_or_else(Vec::new, |_| methods.clone())
        };
        // Public clients are denied there (RFC 7662 §2.1).
        let mut introspection_methods = methods_at(&options.introspection_endpoint);
        introspection_methods.retain(|method| *method != AuthMethod::None.as_str());
        let grant_types = match &options.grant_types {
            Some(own) => with_refresh_token(own),
            None => server.clients().grant_types(),
        };
        let metadata = Metadata {
            issuer: server.issuer(),
            authorization_endpoint: options.authorization_endpoint.as_deref(),
            token_endpoint: options.token_endpoint.as_deref(),
            jwks_uri: options
                .jwks_uri
                .as_deref()
                .filter(|_| server.jwks().is_some()),
            scopes_supported: options.scopes.iter().flat_map(Scope::iter).collect(),
            response_types_supported: &options.response_types,
            grant_types_supported: grant_types.iter().map(GrantType::as_str).collect(),
            token_endpoint_auth_methods_supported: methods_at(&options.token_endpoint),
            revocation_endpoint: options.revocation_endpoint.as_deref(),
            revocation_endpoint_auth_methods_supported: methods_at(&options.revocation_endpoint),
            introspection_endpoint: options.introspection_endpoint.as_deref(),
            introspection_endpoint_auth_methods_supported: introspection_methods,
            code_challenge_methods_supported: &options.code_challenge_methods,
            authorization_response_iss_parameter_supported: options
                .authorization_response_iss
                .then_some(true),
            access_token_signing_alg_values_supported: server
                .algorithms()
                .into_iter()
                .map(Algorithm::as_str)
                .collect(),
        };
        serde_json::to_string(&metadata).expect("texts and lists of them are JSON")
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
        if !reads(request.method()) {
            return ready(Ok(method_not_allowed(READING)));
        }
        let document = Document {
            content_type: "application/json",
            max_age: self.options.max_age,
            text: self.text(),
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

/// The document (RFC 8414 §2, RFC 9207 §3). There is no registered name for the algorithms of
/// access tokens; this one follows the pattern of the others (§2 allows more members).
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    response_types_supported: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grant_types_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    introspection_endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    code_challenge_methods_supported: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_response_iss_parameter_supported: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    access_token_signing_alg_values_supported: Vec<&'static str>,
}

/// Returns the grant types of the application, each once, and `refresh_token`.
fn with_refresh_token(own: &[GrantType]) -> Vec<GrantType> {
    let mut all: Vec<GrantType> = Vec::with_capacity(own.len() + 1);
    for grant_type in own.iter().chain([&GrantType::REFRESH_TOKEN]) {
        if !all.contains(grant_type) {
            all.push(grant_type.clone());
        }
    }
    all
}

fn all<T>(texts: impl IntoIterator<Item = T>) -> Vec<String>
where
    T: Into<String>,
{
    texts.into_iter().map(Into::into).collect()
}
