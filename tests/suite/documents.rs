//! Metadata (RFC 8414) and keys (RFC 7517), as they are published.

use std::time::Duration;

use http::header::{HeaderName, IF_NONE_MATCH};
use http::{Method, Request};
use insta::assert_snapshot;
use reissue::client::{
    AuthMethod, Client, ClientMap, ClientStatus, Clients, ClientsError, SecretHash,
};
use reissue::key::{Algorithm, KeyRing};
use reissue::store::MemoryStore;
use reissue::token::{Jwt, PasetoLocal, PasetoPublic};
use reissue::{GrantType, JwksEndpoint, Keys, MetadataEndpoint, Server, Timestamp};
use reissue_tests::{ManualClock, TestResponse, confidential};
use serde_json::json;
use tower::{Service, ServiceExt as _};

use crate::bearer::one_of;
use crate::tokens::{sealing, signing};

const ISSUER: &str = "https://id.example";

fn server(keys: Keys, clients: impl Clients) -> Server {
    Server::builder(ISSUER, keys, clients, MemoryStore::new())
        .with_clock(ManualClock::default())
        .build()
        .unwrap()
}

fn usual() -> Server {
    let clients = [confidential("web"), Client::public("app")];
    server(Keys::generate(), ClientMap::new(clients).unwrap())
}

fn jwt(ring: KeyRing<reissue::key::SigningKey>) -> Keys {
    Keys::new(Jwt::new(ring), KeyRing::new(sealing()))
}

/// Returns an endpoint with all optional metadata.
fn told(server: Server) -> MetadataEndpoint {
    MetadataEndpoint::new(server)
        .with_authorization_endpoint("https://login.example/authorize")
        .with_token_endpoint("/oauth2/token")
        .with_jwks_uri("/.well-known/jwks.json")
        .with_revocation_endpoint("/oauth2/revoke")
        .with_introspection_endpoint("/oauth2/introspect")
        .with_scopes("read write".parse().unwrap())
        .with_response_types(["code"])
        .with_code_challenge_methods(["S256"])
        .with_authorization_response_iss()
}

async fn ask<S, B>(endpoint: S, method: Method, header: Option<(HeaderName, &str)>) -> TestResponse
where
    S: Service<Request<()>, Response = http::Response<B>, Error = std::convert::Infallible>,
    B: http_body_util::BodyExt<Data = bytes::Bytes>,
{
    let mut request = Request::builder().method(method).uri("/");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let Ok(response) = endpoint.oneshot(request.body(()).unwrap()).await;
    TestResponse::read(response).await
}

async fn get<S, B>(endpoint: S) -> TestResponse
where
    S: Service<Request<()>, Response = http::Response<B>, Error = std::convert::Infallible>,
    B: http_body_util::BodyExt<Data = bytes::Bytes>,
{
    ask(endpoint, Method::GET, None).await
}

#[tokio::test]
async fn the_metadata_contain_what_is_configured() {
    let response = get(told(usual())).await;
    assert_snapshot!(response.wire(), @r#"
    200 OK
    cache-control: public, max-age=3600
    content-type: application/json
    etag: "o8GhPBiLVaNNhh1XoUPnmA"

    {"issuer":"https://id.example","authorization_endpoint":"https://login.example/authorize","token_endpoint":"https://id.example/oauth2/token","jwks_uri":"https://id.example/.well-known/jwks.json","scopes_supported":["read","write"],"response_types_supported":["code"],"grant_types_supported":["client_credentials","password","refresh_token"],"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],"revocation_endpoint":"https://id.example/oauth2/revoke","revocation_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],"introspection_endpoint":"https://id.example/oauth2/introspect","introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"code_challenge_methods_supported":["S256"],"authorization_response_iss_parameter_supported":true,"access_token_signing_alg_values_supported":["EdDSA"]}
    "#);
}

#[tokio::test]
async fn what_is_not_there_is_left_out() {
    let keys = Keys::new(
        PasetoLocal::new(KeyRing::new(sealing()), "access"),
        KeyRing::new(sealing()),
    );
    let nobody = server(keys, ClientMap::default());
    let metadata = MetadataEndpoint::new(nobody).with_jwks_uri("/jwks");
    assert_eq!(get(metadata).await.json, json!({"issuer": ISSUER}));
}

#[tokio::test]
async fn clients_that_are_switched_off_do_not_count() {
    let off = confidential("web").with_status(ClientStatus::Disabled);
    let basic = Client::confidential("basic", SecretHash::sha256("a generated secret"))
        .with_auth_methods([AuthMethod::ClientSecretBasic]);
    let clients = ClientMap::new([off, basic]).unwrap();
    let metadata = MetadataEndpoint::new(server(Keys::generate(), clients));
    let response = get(metadata.with_token_endpoint("/token")).await;
    let methods = &response.json["token_endpoint_auth_methods_supported"];
    assert_eq!(*methods, json!(["client_secret_basic"]));
    assert_eq!(
        response.json["grant_types_supported"],
        json!(["refresh_token"])
    );
}

#[tokio::test]
async fn a_registry_that_cannot_be_listed_publishes_what_the_server_supports() {
    struct Database;

    impl Clients for Database {
        async fn find(&self, _: &str) -> Result<Option<std::sync::Arc<Client>>, ClientsError> {
            Ok(None)
        }
    }

    let metadata = MetadataEndpoint::new(server(Keys::generate(), Database));
    let response = get(metadata.clone().with_token_endpoint("/token")).await;
    let methods = &response.json["token_endpoint_auth_methods_supported"];
    assert_eq!(
        *methods,
        json!(["client_secret_basic", "client_secret_post", "none"])
    );
    assert_eq!(
        response.json["grant_types_supported"],
        json!(["refresh_token"])
    );
    let response = get(metadata.with_grant_types([GrantType::PASSWORD])).await;
    assert_eq!(
        response.json["grant_types_supported"],
        json!(["password", "refresh_token"])
    );
}

#[tokio::test]
async fn the_keys_are_published_until_their_time_is_over() {
    let [active, retired] = [Algorithm::Es256, Algorithm::EdDsa].map(signing);
    let [private, _] = [&active, &retired].map(|key| key.to_pem().unwrap());
    let now = Timestamp::from_secs(1_800_000_000);
    for (until, listed) in [(now + Duration::from_millis(1), 2), (now, 1)] {
        let ring = KeyRing::new(active.clone());
        let ring = ring.with_retired_until(retired.clone(), until).unwrap();
        let server = server(jwt(ring), ClientMap::default());
        let response = get(JwksEndpoint::new(server.clone())).await;
        assert_eq!(response.headers["content-type"], "application/jwk-set+json");
        assert_eq!(response.headers["cache-control"], "public, max-age=300");
        let keys = response.json["keys"].as_array().unwrap();
        assert_eq!(keys.len(), listed);
        assert_eq!(keys[0]["kid"], active.key_id());
        assert_eq!(keys[0]["alg"], "ES256");
        for key in keys {
            assert!(key.get("d").is_none(), "{key}");
        }
        assert!(!private.expose().is_empty());
        let metadata = get(MetadataEndpoint::new(server)).await;
        let algorithms = &metadata.json["access_token_signing_alg_values_supported"];
        assert_eq!(algorithms.as_array().unwrap().len(), listed);
    }
}

#[tokio::test]
async fn a_key_is_published_before_it_is_used() {
    let [old, new] = [Algorithm::EdDsa, Algorithm::Es256].map(signing);
    let clock = ManualClock::default();
    let used_from = Timestamp::from_secs(1_800_000_001);
    let ring = KeyRing::new(old.clone()).with_used_from(new.clone(), used_from);
    let clients = ClientMap::new([Client::public("app")]).unwrap();
    let server = Server::builder(ISSUER, jwt(ring.unwrap()), clients, MemoryStore::new())
        .with_clock(clock.clone())
        .build()
        .unwrap();
    for [active, other] in [[&old, &new], [&new, &old]] {
        let response = get(JwksEndpoint::new(server.clone())).await;
        let keys = response.json["keys"].as_array().unwrap();
        let kids: Vec<_> = keys.iter().map(|key| key["kid"].as_str()).collect();
        assert_eq!(kids, [active, other].map(|key| Some(key.key_id())));
        let metadata = get(MetadataEndpoint::new(server.clone())).await;
        let algorithms = &metadata.json["access_token_signing_alg_values_supported"];
        let both = [active, other].map(|key| key.algorithm().as_str());
        assert_eq!(*algorithms, json!(both));
        clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn the_keys_of_paseto_are_published_under_their_own_names() {
    let key = signing(Algorithm::EdDsa);
    let format = PasetoPublic::new(KeyRing::new(key.clone())).unwrap();
    let server = server(
        Keys::new(format, KeyRing::new(sealing())),
        ClientMap::default(),
    );
    let response = get(JwksEndpoint::new(server.clone())).await;
    let jwk = &response.json["keys"][0];
    assert_eq!(jwk["kid"].as_str(), key.paserk_id());
    assert_eq!(jwk["crv"], "Ed25519");
    assert!(jwk.get("alg").is_none(), "alg is for JOSE");
    let metadata = get(MetadataEndpoint::new(server)).await;
    let algorithms = metadata
        .json
        .get("access_token_signing_alg_values_supported");
    assert_eq!(algorithms, None);
}

#[tokio::test]
async fn without_public_keys_the_set_is_empty() {
    let format = PasetoLocal::new(KeyRing::new(sealing()), "access");
    let server = server(
        Keys::new(format, KeyRing::new(sealing())),
        ClientMap::default(),
    );
    assert_eq!(get(JwksEndpoint::new(server)).await.body, r#"{"keys":[]}"#);
}

#[tokio::test]
async fn who_has_the_document_gets_it_not_again() {
    let metadata = told(usual());
    let whole = get(metadata.clone()).await;
    let tag = whole.headers["etag"].to_str().unwrap().to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_owned(),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let header = Some((IF_NONE_MATCH, known.as_str()));
            let response = ask(metadata.clone(), method, header).await;
            assert_eq!(response.status, 304, "{known}");
            assert_eq!(response.headers["etag"], tag.as_str());
            assert_eq!(response.headers["cache-control"], "public, max-age=3600");
            assert!(response.body.is_empty());
        }
    }
    for other in ["\"x\"", "", "x", tag.trim_matches('"')] {
        let header = Some((IF_NONE_MATCH, other));
        let response = ask(metadata.clone(), Method::GET, header).await;
        assert_eq!(response.wire(), whole.wire(), "{other}");
    }
    // Another document has another tag.
    let other = get(metadata.with_scopes("other".parse().unwrap())).await;
    assert_ne!(other.headers["etag"], tag.as_str());
}

#[tokio::test]
async fn head_returns_the_head() {
    let metadata = told(usual());
    let whole = get(metadata.clone()).await;
    let head = ask(metadata, Method::HEAD, None).await;
    assert!(head.body.is_empty());
    assert_eq!(head.headers["content-length"], whole.body.len().to_string());
    for name in ["etag", "content-type", "cache-control"] {
        assert_eq!(head.headers[name], whole.headers[name]);
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let mut wires = Vec::new();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for response in [
            ask(told(usual()), method.clone(), None).await,
            ask(JwksEndpoint::new(usual()), method.clone(), None).await,
        ] {
            wires.push(response.wire());
        }
    }
    assert_snapshot!(one_of(&wires), @r"
    405 Method Not Allowed
    allow: GET, HEAD
    cache-control: no-store
    ");
}
