//! What the middleware owes to tower: readiness, the ready service, errors, reservations.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use reissue::{Grant, RefreshEndpoint, RefreshLayer, RequestBody};
use reissue_tests::{Engine, Fault, basic, drop_after};
use tower::limit::ConcurrencyLimit;
use tower::load_shed::LoadShed;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};
use tower_test::mock;

type In = Request<RequestBody<Full<Bytes>>>;
type Out = Response<Full<Bytes>>;

#[tokio::test]
async fn readiness_is_that_of_the_inner_service_and_nothing_else() {
    let engine = Engine::new();
    let layer = RefreshLayer::new(engine.server.clone());
    let (mut service, mut handle) = mock::spawn_layer::<In, Out, _>(layer);
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(service.is_woken());
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    handle.send_error("out of order");
    let Poll::Ready(Err(error)) = service.poll_ready() else {
        panic!("the inner service is out of order");
    };
    assert_eq!(error.to_string(), "out of order");
    assert!(engine.store.take_calls().is_empty());
    assert!(engine.events.take().is_empty());
}

#[tokio::test]
async fn the_ready_service_gets_what_passes() {
    let layer = RefreshLayer::new(Engine::new().server).with_path("/token");
    let (mock, mut handle) = mock::pair::<In, Out>();
    handle.allow(1);
    // The mock panics when it is called without being ready.
    let response = layer.layer(mock).oneshot(get("/elsewhere"));
    let inner = async {
        let (request, send) = handle.next_request().await.unwrap();
        assert_eq!(request.uri().path(), "/elsewhere");
        send.send_response(Response::new(Full::from("passed")));
    };
    let (response, ()) = tokio::join!(response, inner);
    assert_eq!(text(response.unwrap()).await, "passed");
}

#[tokio::test]
async fn the_ready_service_gets_other_grants() {
    let layer = RefreshLayer::new(Engine::new().server);
    let (mock, mut handle) = mock::pair::<In, Out>();
    handle.allow(1);
    let response = layer.layer(mock).oneshot(password());
    let inner = async {
        let (_, send) = handle.next_request().await.unwrap();
        let mut response = Response::new(Full::from("replaced"));
        response.extensions_mut().insert(Grant::new("alice"));
        send.send_response(response);
    };
    let (response, ()) = tokio::join!(response, inner);
    assert!(text(response.unwrap()).await.contains("refresh_token"));
}

#[tokio::test]
async fn after_a_call_the_service_must_become_ready_anew() {
    let layer = RefreshLayer::new(Engine::new().server);
    let (mock, mut handle) = mock::pair::<In, Out>();
    handle.allow(1);
    let mut service = layer.layer(mock);
    let _first = service.ready().await.unwrap().call(password());
    handle.allow(0);
    let again = drop_after(1, service.ready());
    assert!(again.is_none());
}

#[tokio::test]
async fn passing_never_clones_the_inner_service() {
    let (counted, clones) = Counted::new();
    let layer = RefreshLayer::new(Engine::new().server).with_path("/token");
    let mut service = layer.layer(counted);
    for _ in 0..3 {
        let passed = ready_of(&mut service).await.call(get("/elsewhere"));
        passed.await.unwrap();
    }
    assert_eq!(clones.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_token_request_clones_the_inner_service_once() {
    let (counted, clones) = Counted::new();
    let mut service = RefreshLayer::new(Engine::new().server).layer(counted);
    let granted = ready_of(&mut service).await.call(password());
    granted.await.unwrap();
    assert_eq!(clones.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refresh_never_calls_the_inner_service() {
    let engine = Engine::new();
    let token = engine.login().await;
    let inner = service_fn(|_: In| async {
        panic!("a refresh reached the inner service");
        #[expect(unreachable_code, reason = "it is the type of the response")]
        Ok::<Out, Infallible>(Response::default())
    });
    let service = RefreshLayer::new(engine.server.clone()).layer(inner);
    for token in [token.as_str(), "garbage", ""] {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        let _ = service.clone().oneshot(post(&form)).await.unwrap();
    }
    assert_eq!(engine.generation().await, Some(1));
}

#[tokio::test]
async fn errors_of_the_inner_service_come_through_unchanged() {
    #[derive(Debug, PartialEq)]
    struct Trouble(u32);

    let inner = service_fn(|_: In| async { Err::<Out, _>(Trouble(7)) });
    let layer = RefreshLayer::new(Engine::new().server).with_path("/token");
    let service = layer.layer(inner);
    let passed = service.clone().oneshot(get("/elsewhere")).await;
    assert_eq!(passed.err(), Some(Trouble(7)));
    let other_grant = service.oneshot(password()).await;
    assert_eq!(other_grant.err(), Some(Trouble(7)));
}

#[tokio::test]
#[should_panic(expected = "polled after completion")]
async fn a_denial_that_is_polled_after_completion_panics() {
    let inner = service_fn(async |_: In| Ok::<_, Infallible>(Out::default()));
    let mut service = RefreshLayer::new(Engine::new().server).layer(inner);
    let mut denied = std::pin::pin!(service.call(get("/token")));
    let _ = denied.as_mut().await;
    let _ = denied.as_mut().await;
}

#[tokio::test]
#[should_panic(expected = "after completion")]
async fn a_response_that_is_polled_after_completion_panics() {
    let mut service = RefreshEndpoint::new(Engine::new().server);
    let mut answered = std::pin::pin!(service.call(post("grant_type=refresh_token")));
    let _ = answered.as_mut().await;
    let _ = answered.as_mut().await;
}

#[tokio::test]
async fn a_served_or_denied_request_gives_its_place_back() {
    let engine = Engine::new();
    let token = engine.login().await;
    let good = format!("grant_type=refresh_token&refresh_token={token}");
    let mut wrong_secret = post(&good);
    wrong_secret
        .headers_mut()
        .insert(AUTHORIZATION, "Basic d2ViOndyb25n".parse().unwrap());
    let mut no_form = post(&good);
    no_form.headers_mut().remove(CONTENT_TYPE);
    let requests = [
        ("refused by its method", get("/token")),
        ("refused by its content type", no_form),
        ("refused by its form", post("grant_type=%")),
        ("refused by its secret", wrong_secret),
        ("refused by its grant type", post("grant_type=teleport")),
        (
            "refused by its token",
            post("grant_type=refresh_token&refresh_token=x"),
        ),
        ("answered", post(&good)),
    ];
    for (what, request) in requests {
        let inner = ConcurrencyLimit::new(service_fn(granting), 1);
        let mut used = RefreshLayer::new(engine.server.clone()).layer(inner);
        let mut other = used.clone();
        let answered = ready_of(&mut used).await.call(request).await;
        assert!(answered.is_ok(), "{what}");
        // The used one is still there, as on a connection that is kept alive.
        assert!(is_ready(&mut other), "{what}");
        drop(used);
    }
}

#[tokio::test]
async fn a_refresh_gives_its_place_back_before_the_store_responds() {
    let engine = Engine::new();
    let token = engine.login().await;
    let inner = ConcurrencyLimit::new(service_fn(granting), 1);
    let mut used = RefreshLayer::new(engine.server.clone()).layer(inner);
    let mut other = used.clone();
    engine.store.plan(Fault::HangBefore);
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let mut hanging = std::pin::pin!(ready_of(&mut used).await.call(post(&form)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(hanging.as_mut().poll(&mut context).is_pending());
    assert!(is_ready(&mut other));
}

#[tokio::test]
async fn a_denied_request_does_not_shed_the_next_one() {
    let inner = LoadShed::new(ConcurrencyLimit::new(service_fn(granting), 1));
    let mut service = RefreshLayer::new(Engine::new().server).layer(inner);
    let mut other = service.clone();
    let denied = ready_of(&mut service).await.call(get("/token")).await;
    assert_eq!(denied.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    let granted = ready_of(&mut other).await.call(password()).await;
    assert_eq!(granted.unwrap().status(), StatusCode::OK);
    let granted = ready_of(&mut service).await.call(password()).await;
    assert_eq!(granted.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_limit_outside_counts_every_request_until_its_response() {
    let engine = Engine::new();
    let token = engine.login().await;
    let inner = RefreshLayer::new(engine.server.clone()).layer(service_fn(granting));
    let mut service = ConcurrencyLimit::new(inner, 1);
    engine.store.plan(Fault::HangBefore);
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let mut hanging = Box::pin(ready_of(&mut service).await.call(post(&form)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(hanging.as_mut().poll(&mut context).is_pending());
    assert!(!is_ready(&mut service));
    drop(hanging);
    assert!(is_ready(&mut service));
}

/// Grants everything at once, and counts how often it is cloned.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new() -> (Self, Arc<AtomicUsize>) {
        let clones = Arc::new(AtomicUsize::new(0));
        (Self(clones.clone()), clones)
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Self(self.0.clone())
    }
}

impl<B> Service<Request<B>> for Counted {
    type Response = Out;
    type Error = Infallible;
    type Future = Ready<Result<Out, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(grant()))
    }
}

async fn granting(_: In) -> Result<Out, Infallible> {
    Ok(grant())
}

fn grant() -> Out {
    let mut response = Response::new(Full::default());
    response.extensions_mut().insert(Grant::new("alice"));
    response
}

async fn ready_of<S>(service: &mut S) -> &mut S
where
    S: Service<Request<Full<Bytes>>>,
    S::Error: std::fmt::Debug,
{
    service.ready().await.unwrap()
}

fn is_ready<S>(service: &mut S) -> bool
where
    S: Service<Request<Full<Bytes>>>,
{
    let mut context = Context::from_waker(Waker::noop());
    service.poll_ready(&mut context).is_ready()
}

fn get(path: &str) -> Request<Full<Bytes>> {
    Request::get(path).body(Full::default()).unwrap()
}

fn password() -> Request<Full<Bytes>> {
    post("grant_type=password&username=alice&password=right")
}

fn post(form: &str) -> Request<Full<Bytes>> {
    Request::post("/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, basic("web"))
        .body(Full::from(form.to_owned()))
        .unwrap()
}

async fn text<B>(response: Response<B>) -> String
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}
