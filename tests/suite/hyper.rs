//! The adapter for hyper: readiness on the way from tower to hyper, and on the way back.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::service::{Service as _, service_fn};
use reissue_hyper::{AlwaysReady, OnHyper};
use reissue_tests::drop_after;
use tower::limit::ConcurrencyLimit;
use tower_test::mock;

#[tokio::test]
async fn the_tower_service_is_called_once_it_is_ready() {
    let (mock, mut handle) = mock::pair::<&str, &str>();
    handle.allow(0);
    let service = OnHyper::new(mock);
    let mut answer = Box::pin(service.call("how are you?"));
    assert!(poll(&mut answer).is_pending());
    assert!(drop_after(1, handle.next_request()).is_none());
    handle.allow(1);
    // The mock panics when it is called without being ready.
    assert!(poll(&mut answer).is_pending());
    let (request, send) = handle.next_request().await.unwrap();
    assert_eq!(request, "how are you?");
    send.send_response("fine");
    assert_eq!(answer.await.unwrap(), "fine");
}

#[tokio::test]
async fn an_error_of_readiness_is_the_error_of_the_request() {
    let (mock, mut handle) = mock::pair::<&str, &str>();
    handle.send_error("out of order");
    let answered = OnHyper::new(mock).call("how are you?").await;
    assert_eq!(answered.unwrap_err().to_string(), "out of order");
}

#[tokio::test]
async fn an_error_of_the_service_comes_through_unchanged() {
    let (mock, mut handle) = mock::pair::<&str, &str>();
    let answer = OnHyper::new(mock).call("how are you?");
    let inner = async {
        let (_, send) = handle.next_request().await.unwrap();
        send.send_error("not well");
    };
    let (answered, ()) = tokio::join!(answer, inner);
    assert_eq!(answered.unwrap_err().to_string(), "not well");
}

#[tokio::test]
async fn requests_wait_for_a_limit_inside_and_give_their_place_back() {
    let (mock, mut handle) = mock::pair::<&str, &str>();
    handle.allow(9);
    let service = OnHyper::new(ConcurrencyLimit::new(mock, 1));
    let mut first = Box::pin(service.call("first"));
    let mut second = Box::pin(service.call("second"));
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending());
    assert_eq!(handle.next_request().await.unwrap().0, "first");
    assert!(drop_after(1, handle.next_request()).is_none());
    // The client is gone.
    drop(first);
    assert!(poll(&mut second).is_pending());
    assert_eq!(handle.next_request().await.unwrap().0, "second");
}

#[tokio::test]
async fn a_request_that_waits_can_be_dropped() {
    let (mock, mut handle) = mock::pair::<&str, &str>();
    handle.allow(0);
    let service = OnHyper::new(mock);
    let mut waiting = Box::pin(service.call("first"));
    assert!(poll(&mut waiting).is_pending());
    drop(waiting);
    handle.allow(1);
    let mut next = Box::pin(service.call("second"));
    assert!(poll(&mut next).is_pending());
    assert_eq!(handle.next_request().await.unwrap().0, "second");
}

#[tokio::test]
async fn a_hyper_service_is_ready_for_every_request() {
    let mut service = AlwaysReady::new(service_fn(echo));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        let ready = tower::Service::<Request<Full<Bytes>>>::poll_ready(&mut service, &mut context);
        assert!(matches!(ready, Poll::Ready(Ok(()))));
        let response = tower::Service::call(&mut service, Request::new(Full::from("again")));
        assert!(response.await.is_ok());
    }
}

#[tokio::test]
async fn there_and_back_is_the_same_service() {
    let service = OnHyper::new(AlwaysReady::new(OnHyper::new(AlwaysReady::new(
        service_fn(echo),
    ))));
    let response = service
        .call(Request::new(Full::from("hello")))
        .await
        .unwrap();
    assert_eq!(reissue_tests::Answer::read(response).await.body, "hello");
}

async fn echo(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(request.into_body()))
}

fn poll<F>(future: &mut Pin<Box<F>>) -> Poll<F::Output>
where
    F: Future,
{
    let mut context = Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut context)
}
