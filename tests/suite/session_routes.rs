//! Sessions over HTTP, behind the bearer layer.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use insta::assert_snapshot;
use reissue::bearer::{Bearer, BearerLayer};
use reissue::{Grant, SessionsEndpoint};
use reissue_tests::{Endpoint, Fault, TestResponse, Verb, assert_error, assert_refreshes, claims};
use tower::{Layer as _, ServiceExt as _};

use crate::bearer::one_of;

fn routes(endpoint: &Endpoint) -> Bearer<SessionsEndpoint> {
    let server = endpoint.server.clone();
    BearerLayer::for_server(&server)
        .with_session_check()
        .layer(SessionsEndpoint::builder(server).without_scope())
}

async fn ask<S, B>(routes: S, method: Method, path: &str, login: &TestResponse) -> TestResponse
where
    S: tower::Service<Request<Full<Bytes>>, Response = http::Response<B>>,
    S::Error: std::fmt::Debug,
    B: http_body_util::BodyExt<Data = Bytes>,
{
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(
            "authorization",
            format!("Bearer {}", login.text("access_token")),
        )
        .body(Full::default())
        .unwrap();
    TestResponse::read(routes.oneshot(request).await.unwrap()).await
}

fn sid(login: &TestResponse) -> String {
    let claims = claims(login.text("access_token"));
    claims["sid"].as_str().unwrap().to_owned()
}

async fn count(endpoint: &Endpoint, subject: &str) -> usize {
    endpoint.server.sessions(subject).await.unwrap().len()
}

#[tokio::test]
async fn a_subject_sees_its_sessions_and_which_one_it_uses() {
    let endpoint = Endpoint::builder()
        .grant(|parameters| {
            let username = parameters.get("username").unwrap_or_default();
            let grant = Grant::new(username).with_scope("read".parse().unwrap());
            Ok(match parameters.get("label") {
                Some(label) => grant.with_label(label).unwrap(),
                None => grant,
            })
        })
        .build();
    let laptop = "grant_type=password&username=alice&label=Firefox+on+Linux";
    let laptop = endpoint.post(laptop).await;
    endpoint.clock.advance(Duration::from_secs(60));
    let laptop = assert_refreshes(&endpoint, laptop.refresh_token()).await;
    let phone = endpoint
        .post_as("other", "grant_type=password&username=alice")
        .await;
    endpoint.post("grant_type=password&username=bob").await;

    let response = ask(routes(&endpoint), Method::GET, "/", &laptop).await;
    let named = |wire: String| {
        wire.replace(&sid(&laptop), "[laptop]")
            .replace(&sid(&phone), "[phone]")
    };
    assert_eq!(response.headers["cache-control"], "no-store");
    assert_eq!(response.headers["content-type"], "application/json");
    let mut sessions = response.json["sessions"].as_array().unwrap().clone();
    sessions.sort_by_key(|session| session["client_id"].as_str() == Some("other"));
    let sessions = serde_json::Value::from(sessions).to_string();
    assert_snapshot!(named(sessions), @r#"[{"client_id":"web","created_at":1800000000,"current":true,"expires_at":1802592060,"label":"Firefox on Linux","last_refreshed_at":1800000060,"scope":"read","sid":"[laptop]"},{"client_id":"other","created_at":1800000060,"current":false,"expires_at":1802592060,"last_refreshed_at":1800000060,"scope":"read","sid":"[phone]"}]"#);

    let head = ask(routes(&endpoint), Method::HEAD, "/", &laptop).await;
    assert!(head.body.is_empty());
    assert_eq!(
        head.headers["content-length"],
        response.body.len().to_string()
    );
}

#[tokio::test]
async fn one_session_is_ended_by_its_name() {
    let endpoint = Endpoint::new();
    let (laptop, phone) = (endpoint.login().await, endpoint.login().await);
    let path = format!("/{}", sid(&phone));
    let ended = ask(routes(&endpoint), Method::DELETE, &path, &laptop).await;
    assert_snapshot!(ended.wire(), @r"
    204 No Content
    cache-control: no-store
    ");
    let again = ask(routes(&endpoint), Method::DELETE, &path, &laptop).await;
    assert_snapshot!(again.wire(), @r"
    404 Not Found
    cache-control: no-store
    ");
    let response = endpoint.refresh(phone.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, laptop.refresh_token()).await;
}

#[tokio::test]
async fn the_session_of_another_is_not_found() {
    let endpoint = Endpoint::new();
    let alice = endpoint.login().await;
    let bob = endpoint.post("grant_type=password&username=bob").await;
    let path = format!("/{}", sid(&bob));
    let response = ask(routes(&endpoint), Method::DELETE, &path, &alice).await;
    assert_eq!(response.status, 404);
    assert_eq!(count(&endpoint, "bob").await, 1);
}

#[tokio::test]
async fn all_others_are_ended() {
    let endpoint = Endpoint::new();
    let kept = endpoint.login().await;
    let gone = endpoint.login().await;
    let bob = endpoint.post("grant_type=password&username=bob").await;
    let response = ask(routes(&endpoint), Method::DELETE, "/others", &kept).await;
    assert_eq!(response.status, 204);
    let response = endpoint.refresh(gone.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, kept.refresh_token()).await;
    assert_refreshes(&endpoint, bob.refresh_token()).await;
}

#[tokio::test]
async fn all_are_ended_and_so_is_the_token() {
    let endpoint = Endpoint::new();
    let (first, _) = (endpoint.login().await, endpoint.login().await);
    endpoint.post("grant_type=password&username=bob").await;
    let response = ask(routes(&endpoint), Method::DELETE, "/", &first).await;
    assert_eq!(response.status, 204);
    assert_eq!(count(&endpoint, "alice").await, 0);
    assert_eq!(count(&endpoint, "bob").await, 1);
    let response = ask(routes(&endpoint), Method::GET, "/", &first).await;
    assert_eq!(response.status, 401);
}

/// Broken once, at the token server: any application that a user let read something could end all
/// sessions.
#[tokio::test]
async fn a_token_without_the_scope_lists_and_ends_nothing() {
    let endpoint = Endpoint::builder()
        .grant(|parameters| {
            let scope = parameters.get("scope").unwrap_or_default();
            Ok(Grant::new("alice").with_scope(scope.parse().unwrap()))
        })
        .build();
    let server = endpoint.server.clone();
    let routes = BearerLayer::for_server(&server)
        .layer(SessionsEndpoint::builder(server).with_scope("sessions openid".parse().unwrap()));
    let login = |scope: &str| format!("grant_type=password&username=alice&scope={scope}");
    let app = endpoint.post(&login("openid+read")).await;
    let account = endpoint.post(&login("openid+sessions")).await;
    let one = format!("/{}", sid(&account));
    let mut wires = Vec::new();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::HEAD, "/"),
        (Method::DELETE, "/"),
        (Method::DELETE, "/others"),
        (Method::DELETE, one.as_str()),
    ] {
        endpoint.forget();
        let response = ask(routes.clone(), method, path, &app).await;
        wires.push(response.wire());
        assert_eq!(endpoint.store.take_calls(), []);
    }
    assert_snapshot!(one_of(&wires), @r#"
    403 Forbidden
    cache-control: no-store
    www-authenticate: Bearer realm="https://id.example", error="insufficient_scope", scope="openid sessions"
    "#);
    assert_eq!(count(&endpoint, "alice").await, 2);
    let response = ask(routes.clone(), Method::GET, "/", &account).await;
    assert_eq!(response.json["sessions"].as_array().unwrap().len(), 2);
    let response = ask(routes, Method::DELETE, "/others", &account).await;
    assert_eq!(response.status, 204);
    assert_eq!(count(&endpoint, "alice").await, 1);
}

/// Broken once: the own tokens of a client that is called like a user passed for the user's.
#[tokio::test]
async fn a_token_without_a_session_lists_and_ends_nothing() {
    let endpoint = Endpoint::builder()
        .client(reissue_tests::confidential("alice"))
        .build();
    let login = endpoint.login().await;
    let own = endpoint
        .post_as("alice", "grant_type=client_credentials")
        .await;
    assert_eq!(claims(own.text("access_token"))["sub"], "alice");
    let one = format!("/{}", sid(&login));
    let server = endpoint.server.clone();
    let routes =
        BearerLayer::for_server(&server).layer(SessionsEndpoint::builder(server).without_scope());
    let mut wires = Vec::new();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::DELETE, "/"),
        (Method::DELETE, "/others"),
        (Method::DELETE, one.as_str()),
    ] {
        endpoint.forget();
        let response = ask(routes.clone(), method, path, &own).await;
        wires.push(response.wire());
        assert_eq!(endpoint.store.take_calls(), []);
    }
    assert_snapshot!(one_of(&wires), @r#"
    403 Forbidden
    cache-control: no-store
    www-authenticate: Bearer realm="https://id.example"
    "#);
    assert_eq!(count(&endpoint, "alice").await, 1);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_misspelt_path_ends_nothing() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let own = sid(&login);
    for path in [
        "/other".to_owned(),
        "/others/".to_owned(),
        "/all".to_owned(),
        format!("/{}", &own[1..]),
        format!("/{own}/"),
        format!("//{own}"),
        format!("/sessions/{own}"),
        "/sessions".to_owned(),
        "//".to_owned(),
    ] {
        let response = ask(routes(&endpoint), Method::DELETE, &path, &login).await;
        assert_eq!(response.status, 404, "{path}");
    }
    assert_eq!(count(&endpoint, "alice").await, 1);
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let one = format!("/{}", sid(&login));
    for (method, path, allowed) in [
        (Method::POST, "/", "GET, HEAD, DELETE"),
        (Method::GET, "/others", "DELETE"),
        (Method::GET, one.as_str(), "DELETE"),
        (Method::PUT, one.as_str(), "DELETE"),
    ] {
        let response = ask(routes(&endpoint), method, path, &login).await;
        assert_eq!(response.status, 405);
        assert_eq!(response.headers["allow"], allowed);
    }
}

#[tokio::test]
async fn a_prefix_that_was_not_stripped_can_be_set() {
    let endpoint = Endpoint::new();
    for prefix in ["/account/sessions", "/account/sessions/"] {
        let server = endpoint.server.clone();
        let routes = SessionsEndpoint::builder(server.clone())
            .without_scope()
            .with_path(prefix);
        let routes = BearerLayer::for_server(&server).layer(routes);
        let login = endpoint.login().await;
        for (path, status) in [
            ("/account/sessions", 200),
            ("/account/sessions/", 200),
            ("/account/sessionsX", 404),
            ("/account", 404),
            ("/", 404),
        ] {
            let response = ask(routes.clone(), Method::GET, path, &login).await;
            assert_eq!(response.status, status, "{path}");
        }
        let one = format!("/account/sessions/{}", sid(&login));
        let response = ask(routes, Method::DELETE, &one, &login).await;
        assert_eq!(response.status, 204);
    }
}

#[tokio::test]
async fn without_the_bearer_layer_nothing_is_revealed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let bare = SessionsEndpoint::builder(endpoint.server.clone()).without_scope();
    for method in [Method::GET, Method::DELETE] {
        let response = ask(bare.clone(), method, "/", &login).await;
        assert_eq!(response.status, 401);
        assert!(response.body.is_empty());
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn with_a_failing_store_nothing_is_promised() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let one = format!("/{}", sid(&login));
    let server = endpoint.server.clone();
    let routes =
        BearerLayer::for_server(&server).layer(SessionsEndpoint::builder(server).without_scope());
    for (method, path, verb) in [
        (Method::GET, "/", Verb::Sessions),
        (Method::DELETE, "/", Verb::Revoke),
        (Method::DELETE, "/others", Verb::Revoke),
        (Method::DELETE, one.as_str(), Verb::Revoke),
    ] {
        endpoint.forget();
        endpoint.store.plan(Fault::Before);
        let response = ask(routes.clone(), method, path, &login).await;
        assert_error(&response, 503, "temporarily_unavailable");
        assert_eq!(endpoint.store.take_calls(), [verb]);
        assert_eq!(endpoint.events.take_names(), ["Failed"]);
    }
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
