//! Extractors of verified access tokens.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use reissue::bearer::{BearerDenial, BearerLayer};
use reissue::client::AuthenticatedClient;
use reissue::{Grant, GrantType, Server};
use reissue_axum::{BearerRejection, BearerToken, RequiredScope, ScopedToken};
use reissue_tests::{Endpoint, TestResponse, confidential};
use tower::ServiceExt as _;

use super::read;

struct Read;

impl RequiredScope for Read {
    const SCOPE: &str = "read";
}

struct Admin;

impl RequiredScope for Admin {
    const SCOPE: &str = "write admin";
}

async fn whoami(BearerToken(token): BearerToken) -> String {
    token.subject
}

async fn greet(token: Option<BearerToken>) -> String {
    token.map_or_else(|| "nobody".to_owned(), |token| token.subject.clone())
}

async fn list(token: ScopedToken<Read>) -> String {
    token.into_inner().subject
}

async fn manage(token: ScopedToken<Admin>) -> String {
    format!("{} manages", token.subject)
}

async fn decide(token: BearerToken) -> Result<String, BearerRejection> {
    token.require_scope(&"admin".parse().unwrap())?;
    Ok("decided".to_owned())
}

fn routes() -> Router {
    Router::new()
        .route("/whoami", get(whoami))
        .route("/greet", get(greet))
        .route("/list", get(list))
        .route("/manage", get(manage))
        .route("/decide", get(decide))
}

async fn ask(app: Router, path: &str, token: Option<&str>) -> (TestResponse, Option<BearerDenial>) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let Ok(response) = app.oneshot(request.body(Body::empty()).unwrap()).await;
    let denial = response.extensions().get().copied();
    (read(response).await, denial)
}

async fn token(server: &Server) -> String {
    let client = AuthenticatedClient::trust(confidential("web"));
    let grant = Grant::new("alice").with_scope("read write".parse().unwrap());
    let tokens = server
        .issue(&client, GrantType::PASSWORD, grant)
        .await
        .unwrap();
    tokens.access_token.expose().to_owned()
}

#[tokio::test]
async fn a_handler_gets_the_token_of_the_layer() {
    let server = Endpoint::new().server;
    let app = routes().layer(BearerLayer::for_server(&server));
    let token = token(&server).await;
    for path in ["/whoami", "/greet", "/list"] {
        let (response, _) = ask(app.clone(), path, Some(&token)).await;
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(response.body, "alice");
    }
    let (response, _) = ask(app, "/whoami", None).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_scope_that_is_missing_is_403_with_the_challenge_of_the_layer() {
    let server = Endpoint::new().server;
    let layer = BearerLayer::for_server(&server)
        .with_realm("the API")
        .unwrap();
    let app = routes().layer(layer);
    let token = token(&server).await;
    for (path, scope) in [("/manage", "admin write"), ("/decide", "admin")] {
        let (response, denial) = ask(app.clone(), path, Some(&token)).await;
        let challenge =
            format!(r#"Bearer realm="the API", error="insufficient_scope", scope="{scope}""#);
        assert_eq!(response.headers[WWW_AUTHENTICATE], challenge.as_str());
        assert_eq!(response.headers["cache-control"], "no-store");
        assert_eq!(response.status, StatusCode::FORBIDDEN);
        assert_eq!(denial, Some(BearerDenial::ScopeInsufficient));
    }
}

#[tokio::test]
async fn a_route_can_serve_requests_without_a_token() {
    let server = Endpoint::new().server;
    let app = routes().layer(BearerLayer::for_server(&server).with_optional_token());
    let (response, _) = ask(app.clone(), "/greet", None).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.body, "nobody");
    let (response, denial) = ask(app.clone(), "/greet", Some("garbage")).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert!(denial.is_some());
    // The same layer, and a handler that requires a token.
    for path in ["/whoami", "/list", "/decide"] {
        let (response, denial) = ask(app.clone(), path, None).await;
        assert_eq!(denial, Some(BearerDenial::CredentialsMissing));
        assert_eq!(
            response.headers[WWW_AUTHENTICATE],
            r#"Bearer realm="https://id.example""#
        );
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_missing_layer_is_a_mistake_and_not_a_request_without_a_token() {
    for path in ["/whoami", "/greet", "/list", "/manage", "/decide"] {
        let (response, denial) = ask(routes(), path, Some("some token")).await;
        assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.body,
            "no token was verified: put `reissue::bearer::BearerLayer` around this handler"
        );
        assert_eq!(denial, None);
    }
    assert_eq!(BearerRejection::MissingLayer.denial(), None);
}
