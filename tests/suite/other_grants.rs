//! Other grant types: the client is authenticated, and the inner service responds.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use reissue::client::AuthenticatedClient;
use reissue::{GrantType, Parameters, RefreshEndpoint, RefreshLayer, RequestBody};
use reissue_tests::{Endpoint, TestResponse, assert_error, assert_refreshes, form, form_of_web};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// What the inner service got.
#[derive(Debug)]
struct Seen {
    body: Bytes,
    client: String,
    parameters: Vec<String>,
}

/// Sends a request through a layer around a service that remembers it and returns `418` with a body
/// of its own.
async fn through(layer: RefreshLayer, request: Request<Full<Bytes>>) -> (TestResponse, Vec<Seen>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let remembered = seen.clone();
    let inner = service_fn(move |request: Request<RequestBody<Full<Bytes>>>| {
        let seen = remembered.clone();
        async move {
            let (head, body) = request.into_parts();
            let client = head.extensions.get::<AuthenticatedClient>();
            let parameters = head.extensions.get::<Parameters>();
            let parameters = parameters.expect("the layer tells the parameters");
            let body = body.collect().await.expect("the body is in memory");
            seen.lock().expect("no test panics here").push(Seen {
                body: body.to_bytes(),
                client: client.expect("the layer tells the client").id().to_owned(),
                parameters: parameters.iter().map(|(name, _)| name.to_owned()).collect(),
            });
            let response = Response::builder()
                .status(StatusCode::IM_A_TEAPOT)
                .header("x-inner", "kept")
                .body(Full::from("the inner body"))
                .expect("the response is well-formed");
            Ok::<_, Infallible>(response)
        }
    });
    let Ok(response) = layer.layer(inner).oneshot(request).await;
    let answer = TestResponse::read(response).await;
    let seen = std::mem::take(&mut *seen.lock().expect("no test panics here"));
    (answer, seen)
}

#[tokio::test]
async fn another_grant_type_reaches_the_inner_service_byte_for_byte() {
    let endpoint = Endpoint::new();
    for body in [
        "grant_type=password&username=alice&password=p%61ss+word",
        "username=%c3%a4&grant_type=password&&x=&client_id=web",
        "&grant_type=%70assword&=&%3D=%26",
    ] {
        let layer = RefreshLayer::new(endpoint.server.clone());
        let (response, seen) = through(layer, form_of_web(body)).await;
        assert_eq!(seen.len(), 1, "{response:?}");
        assert_eq!(seen[0].body, body);
        assert_eq!(seen[0].client, "web");
        assert_eq!(response.status, StatusCode::IM_A_TEAPOT);
        assert_eq!(response.headers["x-inner"], "kept");
        assert_eq!(response.headers.len(), 1, "{response:?}");
        assert_eq!(response.body, "the inner body");
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn the_secret_is_no_parameter_for_the_inner_service() {
    let endpoint = Endpoint::new();
    let secret = reissue_tests::form_encoded(reissue_tests::SECRET);
    let body = format!("grant_type=password&client_id=web&client_secret={secret}&username=alice");
    let layer = RefreshLayer::new(endpoint.server.clone());
    let (_, seen) = through(layer, form(body)).await;
    assert_eq!(seen[0].parameters, ["grant_type", "client_id", "username"]);
}

#[tokio::test]
async fn the_inner_service_is_not_called_for_a_denied_request() {
    let endpoint = Endpoint::new();
    for (request, expected) in [
        (
            form("grant_type=password&username=alice"),
            "401 invalid_client",
        ),
        (
            form_of_web("grant_type=password&grant_type=password"),
            "400 invalid_request",
        ),
        (
            form_of_web("grant_type=password&username=a&username=a"),
            "400 invalid_request",
        ),
        (form_of_web("grant_type="), "400 invalid_request"),
        (form_of_web("username=alice"), "400 invalid_request"),
        (
            form_of_web("grant_type=authorization_code"),
            "400 unauthorized_client",
        ),
        (
            form_of_web("grant_type=refresh_token"),
            "400 invalid_request",
        ),
        (
            form_of_web("grant_type=refresh_token&refresh_token=x"),
            "400 invalid_grant",
        ),
    ] {
        let layer = RefreshLayer::new(endpoint.server.clone());
        let (response, seen) = through(layer, request).await;
        assert_eq!(response.summary(), expected);
        assert!(seen.is_empty(), "{seen:?}");
    }
}

#[tokio::test]
async fn without_an_inner_service_other_grant_types_are_unsupported() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let standalone = || RefreshEndpoint::new(endpoint.server.clone());
    for grant_type in [
        "password",
        "client_credentials",
        "Refresh_Token",
        "refresh_token+",
    ] {
        let body = format!(
            "grant_type={grant_type}&refresh_token={}",
            login.refresh_token()
        );
        let Ok(response) = standalone().oneshot(form_of_web(body)).await;
        let answer = TestResponse::read(response).await;
        assert_error(&answer, 400, "unsupported_grant_type");
    }
    let Ok(response) = standalone()
        .oneshot(form("grant_type=password&client_id=nobody"))
        .await;
    assert_error(&TestResponse::read(response).await, 401, "invalid_client");
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

/// Without a list, what a client is registered for decides; but no client is registered for these.
#[tokio::test]
async fn what_can_be_no_grant_type_is_unsupported() {
    let endpoint = Endpoint::new();
    for name in ["pass+word", "%22password%22", "p%C3%A4ssword"] {
        let response = endpoint.post(&format!("grant_type={name}")).await;
        assert_error(&response, 400, "unsupported_grant_type");
    }
}

#[tokio::test]
async fn grant_types_that_the_layer_does_not_list_are_unsupported() {
    let endpoint = Endpoint::new();
    let layer = RefreshLayer::new(endpoint.server.clone())
        .with_grant_types([GrantType::CLIENT_CREDENTIALS]);
    let (response, seen) = through(layer, form_of_web("grant_type=password")).await;
    assert_error(&response, 400, "unsupported_grant_type");
    assert!(seen.is_empty(), "{seen:?}");
    insta::assert_snapshot!(response.wire(), @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"unsupported_grant_type","error_description":"The grant type is not supported."}
    "#);
}

#[tokio::test]
async fn a_denial_of_the_inner_service_passes_unchanged() {
    let endpoint = Endpoint::new();
    let response = endpoint
        .post("grant_type=password&username=mallory&password=x")
        .await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.body, "replaced by the layer");
    assert_eq!(endpoint.store.take_calls(), []);
}
