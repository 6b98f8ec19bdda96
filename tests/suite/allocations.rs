//! The number of heap allocations, for every request that passes and for a refresh.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use reissue::client::{AuthenticatedClient, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Grant, GrantType, Keys, RefreshEndpoint, RefreshLayer, Server};
use reissue_tests::{ALL_SCOPES, basic, confidential};
use tower::{Layer as _, Service, service_fn};

#[test]
fn a_refresh_allocates_no_more_than_thirty_two_times() {
    let server = server();
    let mut endpoint = RefreshEndpoint::new(server.clone());
    let request = refresh(&server);
    let mut answered = None;
    let counted = measure(|| answered = Some(block_on(endpoint.call(request))));
    let Some(Ok(response)) = answered else {
        panic!("not answered");
    };
    assert_eq!(response.status(), StatusCode::OK);
    let allocations = counted.count_total;
    assert!(allocations <= MOST_OF_A_REFRESH, "{allocations} of them");
}

#[test]
fn the_layer_adds_no_allocation_to_a_request_that_passes() {
    let bare = allocations_elsewhere(service_fn(plain));
    let layer = RefreshLayer::new(server()).with_path("/token");
    assert_eq!(allocations_elsewhere(layer.layer(service_fn(plain))), bare);
}

fn allocations_elsewhere<S>(mut service: S) -> u64
where
    S: Service<Request<Full<Bytes>>>,
{
    let request = Request::post("/elsewhere").body(Full::default());
    let request = request.expect("the request is well-formed");
    let mut response = None;
    let counted = measure(|| response = Some(block_on(service.call(request))));
    assert!(response.is_some_and(|response| response.is_ok()));
    counted.count_total
}

fn server() -> Server {
    let clients = ClientMap::new([confidential("web")]).expect("one client");
    let (keys, store) = (Keys::generate(), MemoryStore::new());
    let server = Server::builder("https://id.example", keys, clients, store).build();
    server.expect("the configuration is good")
}

fn refresh(server: &Server) -> Request<Full<Bytes>> {
    let client = AuthenticatedClient::trust(confidential("web"));
    let scope = ALL_SCOPES.parse().expect("the scope is well-formed");
    let grant = Grant::new("9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21").with_scope(scope);
    let tokens = block_on(server.issue(&client, GrantType::PASSWORD, grant)).expect("issued");
    let token = tokens.refresh_token.expect("the client may refresh");
    let form = format!("grant_type=refresh_token&refresh_token={}", token.expose());
    Request::post("/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic("web"))
        .body(form.into())
        .expect("the request is well-formed")
}

async fn plain<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::default())
}

/// Counting is by thread, and nothing here waits.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}

const MOST_OF_A_REFRESH: u64 = 32;
