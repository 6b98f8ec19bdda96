//! The adapter for axum, through its public API.

mod bearer;
mod guessing;
mod routes;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::post;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Method, Request, StatusCode};
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, ErrorCode, Grant, GrantType, Keys, RefreshLayer, Server};
use reissue_axum::{Denied, Granted, TokenClient, TokenParameters};
use reissue_tests::TestResponse;
use tower::ServiceExt as _;

#[tokio::test]
async fn without_the_layer_the_extractors_say_what_is_missing() {
    async fn client(_: TokenClient) -> Granted {
        unreachable!("nobody was authenticated")
    }
    async fn parameters(_: TokenParameters) -> Granted {
        unreachable!("nothing was parsed")
    }
    for route in [post(client), post(parameters)] {
        let response = App(Router::new().route("/token", route))
            .post("/token", LOGIN)
            .await;
        assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.body,
            "no client was authenticated: put `reissue::RefreshLayer` around this handler"
        );
    }
}

#[tokio::test]
async fn without_the_layer_a_grant_is_an_empty_response() {
    async fn login() -> Granted {
        let grant = Grant::new("alice").with_label("Firefox").unwrap();
        Granted(grant.with_scope("read".parse().expect("a scope")))
    }
    let response = App(Router::new().route("/token", post(login)))
        .post("/token", LOGIN)
        .await;
    assert_eq!(response.wire(), "200 OK\ncontent-length: 0\n\n");
}

#[tokio::test]
async fn a_denial_is_that_of_the_core_byte_for_byte() {
    async fn denied(TokenParameters(parameters): TokenParameters) -> Result<Granted, Denied> {
        // By `?`, as handlers do.
        let denial = if parameters.get("scope").is_some() {
            Denial::ScopeNotGranted
        } else {
            Denial::StoreUnavailable
        };
        Err(denial)?
    }
    for (more, denial) in [
        ("", Denial::StoreUnavailable),
        ("&scope=admin", Denial::ScopeNotGranted),
    ] {
        let response = App::with(post(denied))
            .post("/token", &format!("{LOGIN}{more}"))
            .await;
        let core = App::with(post(move || async move { denial.to_response::<Body>() }))
            .post("/token", LOGIN)
            .await;
        assert_eq!(response.wire(), core.wire());
        assert_eq!(response.denial, Some(denial));
    }
}

#[tokio::test]
async fn every_denial_of_a_handler_is_rendered_by_the_layer_with_its_realm() {
    for denial in [
        Denial::GrantRejected,
        Denial::ClientDisabled,
        Denial::BodyTooLarge,
        Denial::ParameterMissing("username"),
        Denial::SecretsBusy,
        Denial::custom(ErrorCode::AuthorizationPending, "Not confirmed yet."),
    ] {
        let app = App::with(post(move || async move { Denied(denial) }));
        let response = app.post("/token", LOGIN).await;
        assert_eq!(response.status, denial.status());
        assert_eq!(response.json["error"], denial.code().as_str());
        assert_eq!(response.json["error_description"], *denial.description());
        assert_eq!(response.denial, Some(denial));
        let challenge = response.headers.get(WWW_AUTHENTICATE);
        let is_challenged = denial.code() == ErrorCode::InvalidClient;
        let expected = is_challenged.then_some("Basic realm=\"https://id.example\"");
        assert_eq!(challenge.map(|value| value.to_str().unwrap()), expected);
    }
}

#[tokio::test]
async fn the_layer_on_the_method_router_responds_to_other_methods() {
    for method in [Method::GET, Method::PUT, Method::OPTIONS] {
        let request = Request::builder()
            .method(method)
            .uri("/token")
            .body(Body::empty())
            .expect("a request");
        let response = App::new().call(request).await;
        assert_eq!(response.summary(), "405 invalid_request");
        assert_eq!(response.headers[ALLOW], "POST");
        assert_eq!(response.headers[CACHE_CONTROL], "no-store");
    }
}

/// A router with a token endpoint.
struct App(Router);

impl App {
    fn new() -> Self {
        Self::with(post(login))
    }

    fn with(token: axum::routing::MethodRouter) -> Self {
        let app = Client::public("app")
            .with_grant_types([GrantType::PASSWORD])
            .with_scope("read write".parse().expect("a scope"));
        let clients = ClientMap::new([app]).expect("one client");
        let store = MemoryStore::new();
        let server = Server::builder("https://id.example", Keys::generate(), clients, store)
            .build()
            .expect("the configuration is good");
        let refresh = RefreshLayer::new(server).with_grant_types([GrantType::PASSWORD]);
        Self(Router::new().route("/token", token.layer(refresh)))
    }

    async fn post(&self, path: &str, form: &str) -> TestResponse {
        self.call(form_of(path, form)).await
    }

    async fn call(&self, request: Request<Body>) -> TestResponse {
        let Ok(response) = self.0.clone().oneshot(request).await;
        read(response).await
    }
}

async fn login(
    TokenClient(client): TokenClient,
    TokenParameters(parameters): TokenParameters,
) -> Result<Granted, Denied> {
    let username = parameters.require("username")?;
    let scope = client.scope().cloned().unwrap_or_default();
    Ok(Granted(Grant::new(username).with_scope(scope)))
}

fn form_of(path: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request")
}

async fn read(response: http::Response<Body>) -> TestResponse {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body in memory");
    TestResponse::new(head, body)
}

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";
