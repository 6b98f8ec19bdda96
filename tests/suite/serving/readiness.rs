//! The readiness of the service, for which each request waits.

use std::sync::atomic::Ordering;

use reissue_hyper::HttpServer;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, sleep};
use tower::ServiceBuilder;
use tower::limit::ConcurrencyLimitLayer;
use tower_test::mock;

use super::peer::{GET, Running, closed_after, read_to_end, response};
use super::{about, secs};

#[tokio::test(start_paused = true)]
async fn requests_wait_for_a_limit_inside() {
    let running = with_one_place();
    let (mut first, mut second) = (running.connect(1024), running.connect(1024));
    first.write_all(LAST.as_bytes()).await.unwrap();
    sleep(secs(1)).await;
    second.write_all(LAST.as_bytes()).await.unwrap();
    let began = Instant::now();
    let (_, response) = read_to_end(&mut second).await;
    assert!(response.ends_with("done"), "{response}");
    about(began.elapsed(), 9 + 10);
    assert!(read_to_end(&mut first).await.1.ends_with("done"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_hangs_up_gives_its_place_back() {
    let running = with_one_place();
    let (mut first, mut second) = (running.connect(1024), running.connect(1024));
    let mut waiting = running.connect(1024);
    for stream in [&mut first, &mut waiting, &mut second] {
        stream.write_all(LAST.as_bytes()).await.unwrap();
        sleep(secs(1)).await;
    }
    assert_eq!(running.calls(), 1);
    drop(waiting);
    drop(first);
    let began = Instant::now();
    let (_, response) = read_to_end(&mut second).await;
    assert!(response.ends_with("done"), "{response}");
    about(began.elapsed(), 10);
    assert_eq!(running.calls(), 2, "the one that waited was never served");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_never_ready_ends_the_connection_and_not_the_server() {
    let (mock, mut handle) = mock::pair();
    let running = Running::with(&HttpServer::new(), |_| mock);
    for _ in 0..2 {
        handle.send_error("out of order");
        let mut stream = running.connect(1024);
        stream.write_all(GET.as_bytes()).await.unwrap();
        about(closed_after(&mut stream).await, 0);
    }
    assert_eq!(running.stop().await.aborted, 0);
}

/// A server for one request at a time, each of which takes ten seconds.
fn with_one_place() -> Running {
    Running::with(&HttpServer::new(), |calls| {
        let slow = tower::service_fn(move |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            async {
                sleep(secs(10)).await;
                Ok::<_, std::convert::Infallible>(response("done"))
            }
        });
        ServiceBuilder::new()
            .layer(ConcurrencyLimitLayer::new(1))
            .service(slow)
    })
}

const LAST: &str = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
