//! `routes()`: the paths of the endpoints, also in the metadata.

use std::future::{Ready, ready};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use http::header::AUTHORIZATION;
use http::{Method, Request};
use reissue::bearer::BearerLayer;
use reissue::client::{Client, ClientMap, IntrospectionAccess};
use reissue::store::MemoryStore;
use reissue::{Grant, GrantType, Keys, Server, SessionsEndpoint};
use reissue_axum::{Endpoint, Granted, Routes, routes};
use reissue_tests::{TestResponse, confidential};
use tower::ServiceExt as _;

use super::{LOGIN, form_of, login, read};

#[tokio::test]
async fn the_metadata_names_what_is_mounted_where_it_is_mounted() {
    let all = [
        "introspection_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "token_endpoint",
    ];
    let moved = |routes: Routes| {
        routes
            .with_path(Endpoint::Token, "/oauth2/token")
            .with_path(Endpoint::Revocation, "/oauth2/revoke")
            .with_path(Endpoint::Introspection, "/oauth2/introspect")
            .with_path(Endpoint::Jwks, "/keys")
    };
    let tokens_only = |routes: Routes| {
        routes
            .without(Endpoint::Introspection)
            .without(Endpoint::Revocation)
    };
    let no_tokens = |routes: Routes| routes.without(Endpoint::Token).without(Endpoint::Jwks);
    let unchanged: fn(Routes) -> Routes = |routes| routes;
    let changes = [
        (unchanged, &all[..]),
        (moved, &all),
        (tokens_only, &["jwks_uri", "token_endpoint"]),
        (
            no_tokens,
            &["introspection_endpoint", "revocation_endpoint"],
        ),
    ];
    for (change, named) in changes {
        let app: Router = change(routes(server(ISSUER))).into();
        let metadata = look(&app, METADATA).await;
        for name in all {
            let Some(url) = metadata.json[name].as_str() else {
                assert!(!named.contains(&name), "{name} is in {metadata:?}");
                continue;
            };
            assert!(named.contains(&name), "{name} is in {metadata:?}");
            let path = url.strip_prefix(ISSUER).unwrap();
            assert_ne!(look(&app, path).await.status, 404, "{name}");
        }
    }
    for path in ["/introspect", "/revoke", "/token", "/.well-known/jwks.json"] {
        let moved: Router = [
            Endpoint::Introspection,
            Endpoint::Revocation,
            Endpoint::Token,
            Endpoint::Jwks,
        ]
        .into_iter()
        .fold(routes(server(ISSUER)), Routes::without)
        .into();
        assert_eq!(look(&moved, path).await.status, 404, "{path} is left out");
    }
}

#[tokio::test]
async fn the_metadata_can_be_left_out_or_moved() {
    let without: Router = routes(server(ISSUER)).without(Endpoint::Metadata).into();
    assert_eq!(look(&without, METADATA).await.status, 404);
    let moved: Router = routes(server(ISSUER))
        .with_path(Endpoint::Metadata, "/about")
        .into();
    assert_eq!(look(&moved, "/about").await.json["issuer"], ISSUER);
    assert_eq!(look(&moved, METADATA).await.status, 404);
}

#[tokio::test]
async fn a_prefix_is_in_the_metadata_too() {
    let app: Router = routes(server(ISSUER))
        .with_path(Endpoint::Revocation, "/end")
        .nest("/oauth2/")
        .with_path(Endpoint::Jwks, "/keys")
        .into();
    let metadata = look(&app, METADATA).await;
    for (name, path) in [
        ("token_endpoint", "/oauth2/token"),
        ("revocation_endpoint", "/oauth2/end"),
        ("introspection_endpoint", "/oauth2/introspect"),
        ("jwks_uri", "/keys"),
    ] {
        assert_eq!(metadata.text(name), format!("{ISSUER}{path}"));
        assert_ne!(look(&app, path).await.status, 404, "{path}");
    }
    assert_eq!(look(&app, "/token").await.status, 404);

    let app: Router = routes(server(&format!("{ISSUER}/blue")))
        .nest("/oauth2")
        .into();
    let metadata = look(&app, &format!("{METADATA}/blue")).await;
    let token = metadata.text("token_endpoint");
    assert_eq!(token, format!("{ISSUER}/blue/oauth2/token"));
    assert_eq!(look(&app, "/blue/oauth2/token").await.status, 405);
}

#[tokio::test]
async fn a_layer_is_around_every_endpoint_and_nothing_else() {
    let server = server(ISSUER);
    let bearer = BearerLayer::for_server(&server);
    let sessions = SessionsEndpoint::builder(server.clone()).without_scope();
    let oauth = routes(server)
        .with_sessions(&bearer, sessions)
        .layer(map_response(mark("inner")))
        .layer(map_response(mark("outer")));
    let app = Router::new()
        .route("/hello", get(async || "hello"))
        .merge(oauth);
    for path in [
        "/introspect",
        "/.well-known/jwks.json",
        METADATA,
        "/revoke",
        "/sessions",
        "/token",
    ] {
        assert_eq!(look(&app, path).await.headers["x-layer"], "outer", "{path}");
    }
    let hello = look(&app, "/hello").await;
    assert_eq!(hello.body, "hello");
    assert!(!hello.headers.contains_key("x-layer"));
}

#[tokio::test]
async fn issuers_with_a_path_share_a_host() {
    let app = ["blue", "green"]
        .into_iter()
        .fold(Router::new(), |app, tenant| {
            let server = server(&format!("{ISSUER}/{tenant}"));
            app.merge(routes(server).with_grant_types([GrantType::PASSWORD], login))
        });
    for tenant in ["blue", "green"] {
        let metadata = look(&app, &format!("{METADATA}/{tenant}")).await;
        assert_eq!(metadata.json["issuer"], format!("{ISSUER}/{tenant}"));
        for name in ["token_endpoint", "revocation_endpoint", "jwks_uri"] {
            let url = metadata.text(name);
            let path = url.strip_prefix(ISSUER).unwrap();
            assert!(path.starts_with(&format!("/{tenant}/")), "{url}");
            assert_ne!(look(&app, path).await.status, 404, "{url}");
        }
        let login = ask(&app, form_of(&format!("/{tenant}/token"), LOGIN)).await;
        assert_eq!(login.summary(), "200", "{login:?}");
    }
    assert_eq!(look(&app, METADATA).await.status, 404);
}

#[tokio::test]
async fn without_grants_of_the_application_tokens_are_only_refreshed() {
    let server = server(ISSUER);
    let app: Router = routes(server.clone()).into();
    let refused = ask(&app, form_of("/token", LOGIN)).await;
    assert_eq!(refused.summary(), "400 unsupported_grant_type");
    let metadata = look(&app, METADATA).await;
    assert_eq!(
        metadata.json["grant_types_supported"],
        serde_json::json!(["refresh_token"])
    );
    assert_eq!(look(&app, "/sessions").await.status, 404);

    let elsewhere: Router = routes(server)
        .with_grant_types([GrantType::PASSWORD], login)
        .into();
    let login = ask(&elsewhere, form_of("/token", LOGIN)).await;
    let form = format!(
        "grant_type=refresh_token&client_id=app&refresh_token={}",
        login.refresh_token()
    );
    assert_eq!(ask(&app, form_of("/token", &form)).await.summary(), "200");
}

#[tokio::test]
async fn a_grant_that_is_not_the_handlers_does_not_reach_it() {
    async fn never() -> Granted {
        unreachable!("client_credentials is not its grant")
    }
    let app: Router = routes(server(ISSUER))
        .with_grant_types([GrantType::PASSWORD], never)
        .into();
    let request = as_web("/token", "grant_type=client_credentials");
    let refused = ask(&app, request).await;
    assert_eq!(refused.summary(), "400 unsupported_grant_type");
}

#[tokio::test]
async fn sessions_are_there_for_tokens_that_the_bearer_layer_accepts() {
    let server = server(ISSUER);
    let bearer = BearerLayer::for_server(&server);
    let sessions = SessionsEndpoint::builder(server.clone()).with_scope("read".parse().unwrap());
    let app: Router = routes(server)
        .with_grant_types([GrantType::PASSWORD], login)
        .with_sessions(&bearer, sessions)
        .with_path(Endpoint::Sessions, "/account/sessions")
        .into();
    let login = ask(&app, form_of("/token", LOGIN)).await;
    let list = ask(&app, bearing(&login, Method::GET, "/account/sessions")).await;
    let sid = list.json["sessions"][0]["sid"].as_str().unwrap();
    assert_eq!(look(&app, "/account/sessions").await.status, 401);
    assert_eq!(look(&app, "/sessions").await.status, 404);
    let ended = bearing(&login, Method::DELETE, &format!("/account/sessions/{sid}"));
    assert_eq!(ask(&app, ended).await.status, 204);

    let other = LOGIN.replace("client_id=app", "client_id=scopeless");
    let scopeless = ask(&app, form_of("/token", &other)).await;
    let list = ask(&app, bearing(&scopeless, Method::GET, "/account/sessions")).await;
    assert_eq!(list.status, 403, "{list:?}");
}

#[tokio::test]
async fn changes_of_the_application_to_the_metadata_come_last() {
    let app: Router = routes(server(ISSUER))
        .with_metadata(|metadata| metadata.with_authorization_endpoint("/authorize"))
        .with_metadata(|metadata| metadata.with_token_endpoint("https://proxy.example/token"))
        .into();
    let metadata = look(&app, METADATA).await;
    let authorization = metadata.text("authorization_endpoint");
    assert_eq!(authorization, "https://id.example/authorize");
    assert_eq!(
        metadata.text("token_endpoint"),
        "https://proxy.example/token"
    );
    assert_eq!(
        metadata.text("revocation_endpoint"),
        "https://id.example/revoke"
    );
}

#[tokio::test]
async fn a_handler_has_the_state_of_the_router_it_is_merged_into() {
    async fn login(State(subject): State<&'static str>) -> Granted {
        Granted(Grant::new(subject))
    }
    let app = Router::new()
        .route("/hello", get(async |State(name): State<&'static str>| name))
        .merge(routes(server(ISSUER)).with_grant_types([GrantType::PASSWORD], login))
        .with_state("carol");
    assert_eq!(look(&app, "/hello").await.body, "carol");
    let login = ask(&app, form_of("/token", LOGIN)).await;
    let claims = reissue_tests::claims(login.text("access_token"));
    assert_eq!(claims["sub"], "carol");
}

/// Leaves a trace in a response.
fn mark(name: &'static str) -> impl Fn(Response) -> Ready<Response> + Clone {
    move |mut response| {
        let name = http::HeaderValue::from_static(name);
        response.headers_mut().insert("x-layer", name);
        ready(response)
    }
}

fn server(issuer: &str) -> Server {
    let app = Client::public("app")
        .with_grant_types([GrantType::PASSWORD])
        .with_scope("read write".parse().unwrap());
    let clients = ClientMap::new([
        confidential("web").with_introspection_access(IntrospectionAccess::AllTokens),
        Client::public("scopeless")
            .with_grant_types([GrantType::PASSWORD])
            .without_refresh_token(),
        app,
    ]);
    let keys = Keys::generate();
    Server::builder(issuer, keys, clients.unwrap(), MemoryStore::new())
        .build()
        .unwrap()
}

async fn ask(app: &Router, request: Request<Body>) -> TestResponse {
    let Ok(response) = app.clone().oneshot(request).await;
    read(response).await
}

async fn look(app: &Router, path: &str) -> TestResponse {
    ask(app, Request::get(path).body(Body::empty()).unwrap()).await
}

fn as_web(path: &str, form: &str) -> Request<Body> {
    let mut request = form_of(path, form);
    let basic = reissue_tests::basic("web");
    request.headers_mut().insert(AUTHORIZATION, basic);
    request
}

fn bearing(login: &TestResponse, method: Method, path: &str) -> Request<Body> {
    let token = format!("Bearer {}", login.text("access_token"));
    Request::builder()
        .method(method)
        .uri(path)
        .header(AUTHORIZATION, token)
        .body(Body::empty())
        .unwrap()
}

const ISSUER: &str = "https://id.example";
const METADATA: &str = "/.well-known/oauth-authorization-server";
