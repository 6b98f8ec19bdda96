//! A token endpoint with a clock that stands still, a store that fails on demand and a sink that
//! remembers.

use std::convert::Infallible;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use reissue::client::{AuthenticatedClient, Client, ClientMap, SecretHash};
use reissue::store::MemoryStore;
use reissue::{
    Denial, Grant, GrantType, IntrospectionEndpoint, Keys, Parameters, Policy, Refresh,
    RefreshLayer, RevocationEndpoint, Server, ServerBuilder,
};
use tower::util::{BoxCloneSyncService, ServiceExt as _};
use tower::{Layer as _, Service, service_fn};

use crate::{FaultyStore, ManualClock, Recorder, TestResponse};

/// The secret of every confidential client here.
pub const SECRET: &str = "a secret of the tests: 9f86d081884c7d65";

/// What the `password` grant of the endpoint grants.
pub const ALL_SCOPES: &str = "openid read write";

type Route = BoxCloneSyncService<Request<Full<Bytes>>, Response<Full<Bytes>>, Infallible>;

/// A token endpoint, a revocation endpoint and an introspection endpoint of one server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Endpoint {
    /// The engine.
    pub server: Server,
    /// Its clock and its store's.
    pub clock: ManualClock,
    /// Its store.
    pub store: FaultyStore,
    /// What happened.
    pub events: Recorder,
    token: Route,
    revocation: Route,
    introspection: Route,
}

/// Sets up an [`Endpoint`].
#[must_use]
pub struct EndpointBuilder {
    clients: Vec<Client>,
    keys: Keys,
    policy: Policy,
    server: Box<dyn FnOnce(ServerBuilder) -> ServerBuilder>,
    grant: fn(&Parameters) -> Result<Grant, Denial>,
}

impl Endpoint {
    /// An endpoint with the default policy, the confidential clients `web` and `other`, the public
    /// client `app`, and a `password` grant that grants [`ALL_SCOPES`] to everybody but `mallory`.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// The same, to be changed.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder {
            clients: vec![
                confidential("web"),
                confidential("other"),
                Client::public("app").with_grant_types([GrantType::PASSWORD]),
            ],
            keys: Keys::generate(),
            policy: Policy::default(),
            server: Box::new(|server| server),
            grant: password,
        }
    }

    /// Sends any request to the token endpoint.
    pub async fn call(&self, request: Request<Full<Bytes>>) -> TestResponse {
        respond(&self.token, request).await
    }

    /// Sends a form to the token endpoint, with `web` authenticated in the header.
    pub async fn post(&self, form: &str) -> TestResponse {
        self.post_as("web", form).await
    }

    /// Sends a form to the token endpoint, with this confidential client authenticated in the
    /// header.
    pub async fn post_as(&self, client: &str, form: &str) -> TestResponse {
        self.call(request(Some(client), form)).await
    }

    /// Sends a form to the token endpoint without an `Authorization` header.
    pub async fn post_bare(&self, form: &str) -> TestResponse {
        self.call(request(None, form)).await
    }

    /// Logs `alice` in at `web` and gives the tokens.
    pub async fn login(&self) -> TestResponse {
        let response = self
            .post("grant_type=password&username=alice&password=right")
            .await;
        assert_eq!(response.summary(), "200", "{response:?}");
        response
    }

    /// Refreshes at `web`.
    pub async fn refresh(&self, token: &str) -> TestResponse {
        self.post(&format!("grant_type=refresh_token&refresh_token={token}"))
            .await
    }

    /// Refreshes at `web`, with more parameters.
    pub async fn refresh_with(&self, token: &str, more: &str) -> TestResponse {
        self.post(&format!(
            "grant_type=refresh_token&refresh_token={token}&{more}"
        ))
        .await
    }

    /// Sends a form to the revocation endpoint.
    pub async fn revoke_as(&self, client: &str, form: &str) -> TestResponse {
        respond(&self.revocation, request(Some(client), form)).await
    }

    /// Sends any request to the revocation endpoint.
    pub async fn call_revocation(&self, request: Request<Full<Bytes>>) -> TestResponse {
        respond(&self.revocation, request).await
    }

    /// Sends a form to the introspection endpoint.
    pub async fn introspect_as(&self, client: &str, form: &str) -> TestResponse {
        respond(&self.introspection, request(Some(client), form)).await
    }

    /// Sends any request to the introspection endpoint.
    pub async fn call_introspection(&self, request: Request<Full<Bytes>>) -> TestResponse {
        respond(&self.introspection, request).await
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::new()
    }
}

impl EndpointBuilder {
    /// Another policy.
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// One more client; it replaces one of the same id.
    pub fn client(mut self, client: Client) -> Self {
        self.clients.retain(|other| other.id() != client.id());
        self.clients.push(client);
        self
    }

    /// Keys that something else knows too.
    pub fn keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// Another way to serve `password`.
    pub fn grant(self, grant: fn(&Parameters) -> Result<Grant, Denial>) -> Self {
        Self { grant, ..self }
    }

    /// Changes what else a server can be told.
    pub fn server(self, server: impl FnOnce(ServerBuilder) -> ServerBuilder + 'static) -> Self {
        Self {
            server: Box::new(server),
            ..self
        }
    }

    /// The endpoint.
    ///
    /// # Panics
    ///
    /// If it cannot be built.
    #[must_use]
    pub fn build(self) -> Endpoint {
        let clock = ManualClock::default();
        let store = FaultyStore::new(MemoryStore::with_clock(clock.clone()));
        let events = Recorder::default();
        let clients = ClientMap::new(self.clients).expect("the clients differ");
        let server = Server::builder("https://id.example", self.keys, clients, store.clone())
            .with_policy(self.policy)
            .with_clock(clock.clone())
            .with_events(events.function());
        let server = (self.server)(server)
            .build()
            .expect("the configuration is good");
        let grant = self.grant;
        let inner = service_fn(
            move |request: Request<reissue::RequestBody<Full<Bytes>>>| async move {
                Ok::<_, Infallible>(other_grants(&request, grant))
            },
        );
        let token: Refresh<_> = RefreshLayer::new(server.clone()).layer(inner);
        Endpoint {
            token: route(token),
            revocation: route(RevocationEndpoint::new(server.clone())),
            introspection: route(IntrospectionEndpoint::new(server.clone())),
            server,
            clock,
            store,
            events,
        }
    }
}

impl std::fmt::Debug for EndpointBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndpointBuilder").finish_non_exhaustive()
    }
}

/// A confidential client with [`SECRET`] and the grants `password`, `client_credentials` and
/// `refresh_token`.
#[must_use]
pub fn confidential(id: &str) -> Client {
    Client::confidential(id, SecretHash::sha256(SECRET))
        .with_grant_types([GrantType::PASSWORD, GrantType::CLIENT_CREDENTIALS])
}

/// The `Authorization` header of a client with [`SECRET`], form-encoded as RFC 6749 §2.3.1 says.
///
/// # Panics
///
/// Never, for a header value of base64.
#[must_use]
pub fn basic(client: &str) -> HeaderValue {
    let secret = SECRET.replace(' ', "+").replace(':', "%3A");
    let pair = BASE64_STANDARD.encode(format!("{client}:{secret}"));
    HeaderValue::try_from(format!("Basic {pair}")).expect("base64 is a header value")
}

fn request(client: Option<&str>, form: &str) -> Request<Full<Bytes>> {
    let mut request = Request::post("/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(form.to_owned()))
        .expect("the request is well-formed");
    if let Some(client) = client {
        request.headers_mut().insert(AUTHORIZATION, basic(client));
    }
    request
}

async fn respond(route: &Route, request: Request<Full<Bytes>>) -> TestResponse {
    let Ok(response) = route.clone().oneshot(request).await;
    let (head, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    TestResponse::new(head, body.to_bytes())
}

/// Erases the type of a route and reads its bodies, which are all in memory.
fn route<S, B>(service: S) -> Route
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
    B: http_body_util::BodyExt<Data = Bytes, Error = Infallible> + Send + 'static,
{
    BoxCloneSyncService::new(
        service.then(|response: Result<Response<B>, Infallible>| async move {
            let Ok(response) = response;
            let (head, body) = response.into_parts();
            let Ok(body) = body.collect().await;
            Ok(Response::from_parts(head, Full::new(body.to_bytes())))
        }),
    )
}

fn other_grants<B>(
    request: &Request<B>,
    grant: fn(&Parameters) -> Result<Grant, Denial>,
) -> Response<Full<Bytes>> {
    let parameters = request.extensions().get::<Parameters>();
    let client = request.extensions().get::<AuthenticatedClient>();
    let (Some(parameters), Some(client)) = (parameters, client) else {
        panic!("the layer puts parameters and client into the extensions");
    };
    let granted = match parameters.get("grant_type") {
        Some("client_credentials") => Ok(Grant::new(client.id())),
        _ => grant(parameters),
    };
    let mut response = Response::new(Full::from("replaced by the layer"));
    match granted {
        Ok(grant) => {
            response.extensions_mut().insert(grant);
        }
        Err(denial) => *response.status_mut() = denial.status(),
    }
    response
}

fn password(parameters: &Parameters) -> Result<Grant, Denial> {
    match parameters.get("username") {
        Some("mallory") | None => Err(Denial::GrantRejected),
        Some(username) => {
            Ok(Grant::new(username)
                .with_scope(ALL_SCOPES.parse().expect("the scope is well-formed")))
        }
    }
}
