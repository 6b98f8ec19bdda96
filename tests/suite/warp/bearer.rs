//! Public and protected routes of one set of filters.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use reissue::bearer::{BearerDenial, BearerLayer, VerifiedToken};
use reissue::client::AuthenticatedClient;
use reissue::{Confirmation, Grant, GrantType, Server, SessionsEndpoint};
use reissue_tests::{Endpoint, Fault, TestResponse, confidential};
use reissue_warp::{BearerRejection, bearer, endpoint, optional_bearer, recover_bearer};
use tower::{Layer as _, ServiceExt as _};
use warp::{Filter, Rejection, Reply};

/// `/open`, `/whoami`, `/admin`, `/decide` and `/greet`, and what they are guarded by.
fn routes(
    layer: &BearerLayer<Server>,
) -> impl Filter<Extract = (impl Reply + use<>,), Error = Infallible> + Clone + use<> {
    let admin = layer.clone().with_scope("admin".parse().unwrap());
    let whoami = warp::path!("whoami")
        .and(bearer(layer))
        .map(|token: VerifiedToken| token.subject);
    let admin = warp::path!("admin")
        .and(bearer(&admin))
        .map(|token: VerifiedToken| token.subject);
    let decide = warp::path!("decide").and(bearer(layer)).and_then(decide);
    let greet =
        warp::path!("greet")
            .and(optional_bearer(layer))
            .map(|token: Option<VerifiedToken>| {
                token.map_or_else(|| "nobody".to_owned(), |token| token.subject)
            });
    let open = warp::path!("open").map(|| "open");
    whoami
        .or(admin)
        .or(decide)
        .or(greet)
        .or(open)
        .recover(recover_bearer)
        .recover(async |_| Ok::<_, Infallible>(StatusCode::NOT_FOUND))
}

async fn decide(token: VerifiedToken) -> Result<String, Rejection> {
    let admin = "admin".parse().unwrap();
    token.require_scope(&admin).map_err(BearerRejection::from)?;
    Ok("decided".to_owned())
}

async fn ask(layer: &BearerLayer<Server>, request: Request<Full<Bytes>>) -> TestResponse {
    let Ok(response) = warp::service(routes(layer)).oneshot(request).await;
    TestResponse::read(response).await
}

fn get(path: &str, token: Option<&str>) -> Request<Full<Bytes>> {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Full::default()).unwrap()
}

async fn token(server: &Server, grant: Grant) -> String {
    let client = AuthenticatedClient::trust(confidential("web"));
    let tokens = server
        .issue(&client, GrantType::PASSWORD, grant)
        .await
        .unwrap();
    tokens.access_token.expose().to_owned()
}

#[tokio::test]
async fn public_and_protected_routes_mix() {
    let server = Endpoint::new().server;
    let layer = BearerLayer::for_server(&server);
    let token = token(&server, Grant::new("alice")).await;
    for (path, with, without) in [
        ("/open", "200 open", "200 open"),
        ("/whoami", "200 alice", "401 "),
        ("/greet", "200 alice", "200 nobody"),
        ("/admin", "403 ", "401 "),
        ("/decide", "403 ", "401 "),
        ("/elsewhere", "404 ", "404 "),
    ] {
        for (token, expected) in [(Some(&*token), with), (None, without)] {
            let response = ask(&layer, get(path, token)).await;
            let body = String::from_utf8_lossy(&response.body);
            let seen = format!("{} {body}", response.status.as_u16());
            assert_eq!(seen, expected, "{path} with {token:?}");
        }
    }
    for path in ["/whoami", "/greet"] {
        let response = ask(&layer, get(path, Some("garbage"))).await;
        assert_eq!(response.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_denial_becomes_what_the_layer_responds_with_byte_for_byte() {
    let endpoint = Endpoint::new();
    let layer = BearerLayer::for_server(&endpoint.server).with_session_check();
    let good = token(&endpoint.server, Grant::new("alice")).await;
    let bare = layer.layer(warp::service(warp::any().map(|| "passed")));
    for (token, fault) in [
        (None, None),
        (Some("garbage"), None),
        (Some("two words"), None),
        (Some(&*good), Some(Fault::Before)),
    ] {
        let plan = || {
            if let Some(fault) = fault {
                endpoint.store.plan(fault);
            }
        };
        plan();
        let Ok(response) = bare.clone().oneshot(get("/whoami", token)).await;
        let layered = TestResponse::read(response).await;
        plan();
        let filtered = ask(&layer, get("/whoami", token)).await;
        assert_eq!(filtered.wire(), layered.wire());
    }
    let insufficient = ask(&layer, get("/decide", Some(&good))).await;
    assert_eq!(
        insufficient.headers[WWW_AUTHENTICATE],
        r#"Bearer realm="https://id.example", error="insufficient_scope", scope="admin""#
    );
}

#[tokio::test]
async fn a_rejection_gives_its_reason_to_a_recover_of_the_application() {
    let server = Endpoint::new().server;
    let layer = BearerLayer::for_server(&server);
    let route = warp::path!("whoami")
        .and(bearer(&layer))
        .map(|token: VerifiedToken| token.subject)
        .recover(async |rejection: Rejection| {
            let denied = rejection.find::<BearerRejection>();
            let denial = denied.map(BearerRejection::denial);
            denial
                .map(|denial| denial.name().to_owned())
                .ok_or(rejection)
        });
    let Ok(response) = warp::service(route).oneshot(get("/whoami", None)).await;
    let answer = TestResponse::read(response).await;
    assert_eq!(answer.body, BearerDenial::CredentialsMissing.name());
    let other = warp::reject::not_found();
    assert!(recover_bearer(other).await.is_err());
}

#[tokio::test]
async fn a_bound_token_uses_protected_routes_and_its_sessions() {
    let server = Endpoint::new().server;
    let layer = BearerLayer::for_server(&server).with_session_check();
    let certificate = Confirmation::X5tS256("the certificate".to_owned());
    let grant = Grant::new("alice").with_confirmation(certificate.clone());
    let token = token(&server, grant).await;
    let sessions = SessionsEndpoint::builder(server.clone())
        .without_scope()
        .with_path("/sessions");
    let sessions = warp::path("sessions").and(endpoint(layer.layer(sessions)));
    // Behind the layer as a whole, too: the endpoint finds the token.
    let bare = SessionsEndpoint::builder(server).without_scope();
    let bare = layer.layer(warp::service(endpoint(bare.with_path("/bare"))));
    for (proved, status) in [(Some(certificate), 200), (None, 401)] {
        let request = |path| {
            let mut request = get(path, Some(&token));
            if let Some(proved) = &proved {
                request.extensions_mut().insert(proved.clone());
            }
            *request.method_mut() = Method::GET;
            request
        };
        assert_eq!(ask(&layer, request("/whoami")).await.status, status);
        let Ok(response) = warp::service(sessions.clone())
            .oneshot(request("/sessions"))
            .await;
        assert_eq!(response.status(), status);
        let Ok(response) = bare.clone().oneshot(request("/bare")).await;
        assert_eq!(response.status(), status);
    }
}
