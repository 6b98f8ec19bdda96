//! What the bearer layer owes to tower and to other layers.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use reissue::bearer::{BearerLayer, SessionCache, VerifiedToken};
use reissue_tests::{Endpoint, Fault};
use serde_json::json;
use tower::limit::ConcurrencyLimit;
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::timeout::TimeoutLayer;
use tower_test::mock;

use super::{Api, bearing, whoami};

type In = Request<Full<Bytes>>;
type Out = Response<Full<Bytes>>;

#[tokio::test]
async fn readiness_is_that_of_the_inner_service_and_nothing_else() {
    let (mut service, mut handle) = mock::spawn_layer::<In, Out, _>(Api::new().layer);
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    handle.send_error("out of order");
    assert!(matches!(service.poll_ready(), Poll::Ready(Err(_))));
}

#[tokio::test]
async fn the_ready_service_is_called_with_and_without_the_store() {
    let endpoint = Endpoint::new();
    let token = endpoint.login().await.text("access_token").to_owned();
    let plain = BearerLayer::for_server(&endpoint.server);
    let checked = plain.clone().with_session_check();
    for layer in [plain, checked] {
        let (mock, mut handle) = mock::pair::<In, Out>();
        handle.allow(1);
        // The mock panics when it is called without being ready.
        let response = layer.layer(mock).oneshot(bearing(&token));
        let inner = async {
            let (request, send) = handle.next_request().await.unwrap();
            assert!(request.extensions().get::<VerifiedToken>().is_some());
            send.send_response(Response::new(Full::from("passed")));
        };
        let (response, ()) = tokio::join!(response, inner);
        let body = response.unwrap().into_body().collect().await.unwrap();
        assert_eq!(body.to_bytes(), "passed");
    }
}

#[tokio::test]
async fn a_denied_request_reaches_no_service() {
    let (mock, mut handle) = mock::pair::<In, Out>();
    handle.allow(1);
    let response = Api::new()
        .layer
        .layer(mock)
        .oneshot(bearing("garbage"))
        .await;
    assert_eq!(response.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert!(handle.next_request().await.is_none());
}

#[tokio::test]
async fn a_good_token_clones_the_inner_service_only_to_ask_the_store() {
    #[derive(Debug)]
    struct Counted(Arc<AtomicUsize>);

    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::SeqCst);
            Self(self.0.clone())
        }
    }

    impl Service<In> for Counted {
        type Response = Out;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Out, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: In) -> Self::Future {
            std::future::ready(Ok(Response::default()))
        }
    }

    let endpoint = Endpoint::new();
    let token = endpoint.login().await.text("access_token").to_owned();
    let server = endpoint.server.clone();
    let layer = BearerLayer::for_server(&server).with_cached_session_check(SessionCache::new());
    let clones = Arc::new(AtomicUsize::new(0));
    let mut service = layer.layer(Counted(clones.clone()));
    for _ in 0..3 {
        let Ok(response) = service.ready().await.unwrap().call(bearing(&token)).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
    assert_eq!(clones.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_denied_request_gives_its_place_back() {
    let api = Api::new();
    let mut used = api
        .layer
        .layer(ConcurrencyLimit::new(service_fn(whoami), 1));
    let mut other = used.clone();
    let denied = used.ready().await.unwrap().call(bearing("garbage")).await;
    assert_eq!(denied.unwrap().status(), StatusCode::UNAUTHORIZED);
    let mut context = Context::from_waker(Waker::noop());
    assert!(other.poll_ready(&mut context).is_ready());
    drop(used);
}

#[tokio::test]
async fn errors_of_the_inner_service_come_through_unchanged() {
    #[derive(Debug, PartialEq)]
    struct Trouble(u32);

    let api = Api::new();
    let inner = service_fn(|_: In| async { Err::<Out, _>(Trouble(7)) });
    let request = bearing(&api.token(&json!({})));
    let answered = api.layer.layer(inner).oneshot(request).await;
    assert_eq!(answered.err(), Some(Trouble(7)));
}

#[tokio::test]
#[should_panic(expected = "polled after completion")]
async fn a_denial_that_is_polled_after_completion_panics() {
    let mut service = Api::new().layer.layer(service_fn(whoami));
    let mut denied = std::pin::pin!(service.call(bearing("garbage")));
    let _ = denied.as_mut().await;
    let _ = denied.as_mut().await;
}

#[tokio::test(start_paused = true)]
async fn it_composes_with_the_layers_of_tower_http() {
    let endpoint = Endpoint::new();
    let token = endpoint.login().await.text("access_token").to_owned();
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(1));
    let stack = ServiceBuilder::new()
        .layer(timeout)
        .layer(BearerLayer::for_server(&endpoint.server).with_session_check())
        .layer(timeout)
        .service(service_fn(async |request: Request<Full<Bytes>>| {
            Ok::<_, Infallible>(Response::new(request.into_body()))
        }));
    let Ok(response) = stack.clone().oneshot(bearing(&token)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let Ok(response) = stack.clone().oneshot(bearing("garbage")).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    endpoint.store.plan(Fault::HangBefore);
    let Ok(response) = stack.oneshot(bearing(&token)).await;
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
}
