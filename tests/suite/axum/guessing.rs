//! Where requests come from, as axum knows it.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::MockConnectInfo;
use http::Request;
use http::header::CONTENT_TYPE;
use reissue::client::ClientMap;
use reissue::guessing::AddressSource;
use reissue::store::MemoryStore;
use reissue::{Keys, Server};
use reissue_axum::{ConnectInfoLayer, routes};
use reissue_tests::{SECRET, TestResponse, confidential, form_encoded};
use tower::ServiceExt as _;

use super::read;

#[tokio::test]
async fn guesses_are_counted_by_the_address_of_the_connection() {
    let app = app(AddressSource::Connection);
    for path in ["/token", "/revoke", "/introspect"] {
        for _ in 0..10 {
            guess(&app, Some(1), path).await;
        }
    }
    for path in ["/token", "/revoke", "/introspect"] {
        assert_eq!(guess(&app, Some(1), path).await, "429 invalid_client");
        assert_eq!(guess(&app, Some(2), path).await, "401 invalid_client");
    }
}

#[tokio::test]
async fn behind_a_proxy_guesses_are_counted_by_the_forwarded_address() {
    let app = app(AddressSource::XForwardedFor);
    let from = |forwarded: &str| {
        let mut request = request(Some(1), "/token", "wrong");
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        ask(&app, request)
    };
    for _ in 0..10 {
        assert_eq!(
            from("198.51.100.1, 203.0.113.8").await.summary(),
            "401 invalid_client"
        );
    }
    assert_eq!(from("203.0.113.8").await.summary(), "429 invalid_client");
    assert_eq!(
        from("203.0.113.8, 203.0.113.9").await.summary(),
        "401 invalid_client"
    );
}

#[tokio::test]
async fn the_address_may_be_mocked() {
    let mock = MockConnectInfo(SocketAddr::from(([203, 0, 113, 9], 9)));
    let app = app(AddressSource::Connection).layer(mock);
    for _ in 0..10 {
        assert_eq!(guess(&app, None, "/token").await, "401 invalid_client");
    }
    assert_eq!(guess(&app, None, "/token").await, "429 invalid_client");
}

#[tokio::test]
async fn a_router_that_is_served_without_addresses_responds_with_an_error() {
    let app = app(AddressSource::Connection);
    let response = ask(&app, request(None, "/token", &form_encoded(SECRET))).await;
    assert_eq!(response.status, 500);
    let text = String::from_utf8_lossy(&response.body).into_owned();
    assert!(
        text.contains("into_make_service_with_connect_info"),
        "{text}"
    );
}

fn app(source: AddressSource) -> Router {
    let clients = ClientMap::new([confidential("web")]).unwrap();
    let builder = Server::builder(
        "https://id.example",
        Keys::generate(),
        clients,
        MemoryStore::new(),
    );
    let app: Router = routes(builder.build().unwrap()).into();
    app.layer(ConnectInfoLayer::new(source))
}

async fn guess(app: &Router, host: Option<u8>, path: &str) -> String {
    ask(app, request(host, path, "wrong")).await.summary()
}

fn request(host: Option<u8>, path: &str, secret: &str) -> Request<Body> {
    let form = format!("grant_type=refresh_token&token=x&client_id=web&client_secret={secret}");
    let mut request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    if let Some(host) = host {
        let peer = SocketAddr::from(([203, 0, 113, host], 49_152));
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    request
}

async fn ask(app: &Router, request: Request<Body>) -> TestResponse {
    read(app.clone().oneshot(request).await.unwrap()).await
}
