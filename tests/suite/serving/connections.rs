//! Accepting: how many at once, and what comes before the first byte.

use std::convert::Infallible;
use std::future::pending;
use std::io;

use reissue_hyper::{HttpServer, IncomingBody};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::peer::{Body, GET, Running, closed_after, hello, read_to_end};
use super::{about, secs};

#[tokio::test(start_paused = true)]
async fn a_connection_over_the_bound_waits_until_one_ends() {
    let server = HttpServer::new().with_max_connections(2);
    let running = Running::start(&server, hello);
    let (first, _second) = (running.connect(1024), running.connect(1024));
    let mut third = running.connect(1024);
    third.write_all(GET.as_bytes()).await.unwrap();
    sleep(secs(3)).await;
    assert_eq!(running.calls(), 0);
    drop(first);
    let mut response = [0; 15];
    let began = Instant::now();
    third.read_exact(&mut response).await.unwrap();
    about(began.elapsed(), 0);
    assert_eq!(&response, b"HTTP/1.1 200 OK");
}

#[tokio::test(start_paused = true)]
async fn silent_connections_give_their_places_back() {
    let server = HttpServer::new().with_max_connections(2);
    let running = Running::start(&server, hello);
    let _silent: Vec<_> = (0..20).map(|_| running.connect(1024)).collect();
    let mut honest = running.connect(1024);
    honest.write_all(GET.as_bytes()).await.unwrap();
    let began = Instant::now();
    let mut response = [0; 15];
    honest.read_exact(&mut response).await.unwrap();
    // Two at a time have five seconds each, first come, first served.
    about(began.elapsed(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_is_cut_after_the_header_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let shake_hands = |stream: TcpStream, _| async move {
            let _stream = stream;
            pending::<io::Result<(TcpStream, Never)>>().await
        };
        let stop = async { stopped.await.unwrap_or_default() };
        HttpServer::new()
            .serve_with(listener, shake_hands, stop)
            .await
    });
    let mut stream = TcpStream::connect(address).await.unwrap();
    let began = Instant::now();
    let read = timeout(secs(60), stream.read_u8()).await.unwrap();
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert!(began.elapsed() >= secs(5), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_closes_all_connections() {
    let running = Running::start(&HttpServer::new(), hello);
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    let mut response = [0; 15];
    stream.read_exact(&mut response).await.unwrap();
    running.abort();
    about(closed_after(&mut stream).await, 0);
}

#[tokio::test(start_paused = true)]
async fn bounds_that_are_out_of_range_are_moved_into_it() {
    let server = HttpServer::new().with_max_connections(0).with_max_buffer(0);
    let running = Running::start(&server, hello);
    let mut stream = running.connect(1024);
    let request = GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(read_to_end(&mut stream).await.1.ends_with("hello"));
}

/// The service of connections that never come to one.
type Never =
    tower::util::BoxCloneService<http::Request<IncomingBody>, http::Response<Body>, Infallible>;
