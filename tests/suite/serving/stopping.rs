//! The end: what is finished, what is closed at once, and what is cut.

use reissue_hyper::HttpServer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, sleep};

use super::peer::{GET, Running, hello, read_to_end, response};
use super::{about, secs};

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed_at_once() {
    let running = Running::start(&HttpServer::new(), hello);
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    let mut response = [0; 15];
    stream.read_exact(&mut response).await.unwrap();
    let began = Instant::now();
    assert_eq!(running.stop().await.aborted, 0);
    about(began.elapsed(), 0);
    assert!(read_to_end(&mut stream).await.1.ends_with("hello"));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_under_way_is_finished() {
    let mut running = Running::start(&HttpServer::new(), async |_| {
        sleep(secs(9)).await;
        response("done")
    });
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    sleep(secs(1)).await;
    running.signal();
    let (closed, answer) = read_to_end(&mut stream).await;
    about(closed, 8);
    assert!(answer.ends_with("done"), "{answer}");
    assert_eq!(running.stop().await.aborted, 0);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_cut() {
    let running = Running::start(&HttpServer::new(), async |_| {
        sleep(secs(900)).await;
        response("too late")
    });
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    sleep(secs(1)).await;
    let began = Instant::now();
    assert_eq!(running.stop().await.aborted, 1);
    about(began.elapsed(), 10);
    assert_eq!(read_to_end(&mut stream).await.1, "");
}

#[tokio::test(start_paused = true)]
async fn peers_that_do_not_read_or_do_not_finish_a_head_delay_it_by_a_second() {
    let running = Running::start(&HttpServer::new(), async |_| response(vec![b'x'; 100_000]));
    let mut unread = running.connect(1024);
    unread.write_all(GET.as_bytes()).await.unwrap();
    let mut unfinished = running.connect(1024);
    unfinished.write_all(b"GET / HTTP").await.unwrap();
    let _silent = running.connect(1024);
    sleep(secs(2)).await;
    let began = Instant::now();
    let stopped = running.stop().await;
    assert!(
        began.elapsed() <= secs(1) + secs(1) / 10,
        "{:?}",
        began.elapsed()
    );
    assert_eq!(stopped.aborted, 2);
}
