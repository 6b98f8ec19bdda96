//! HTTP/2 with peers that are silent, or do not read: the transport, or one response.

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reissue_hyper::HttpServer;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::peer::{GET, Running, closed_after, hello, read_to_end, response, streamed};
use super::{about, secs};

#[tokio::test(start_paused = true)]
async fn one_server_serves_both_protocols() {
    let running = Running::start(&HttpServer::new(), async |request| {
        response(format!("{:?}", request.version()))
    });
    let mut client = Client::connect(running.connect(64 * 1024), None).await;
    let response = client.get().await;
    assert_eq!(response.version(), Version::HTTP_2);
    assert_eq!(body(response).await, "HTTP/2.0");
    let mut stream = running.connect(1024);
    let request = GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(read_to_end(&mut stream).await.1.ends_with("HTTP/1.1"));
}

#[tokio::test(start_paused = true)]
async fn without_the_preface_a_connection_is_cut_after_the_header_timeout() {
    let running = Running::start(&HttpServer::new().http2_only(), hello);
    for said in [
        "",
        "PRI * HTTP/2.0\r\n\r\nSM",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = running.connect(1024);
        stream.write_all(said.as_bytes()).await.unwrap();
        about(closed_after(&mut stream).await, 5);
    }
}

#[tokio::test(start_paused = true)]
async fn without_requests_a_connection_is_closed_after_the_idle_timeout() {
    let running = Running::start(&HttpServer::new(), hello);
    let began = Instant::now();
    let mut client = Client::connect(running.connect(64 * 1024), None).await;
    sleep(secs(50)).await;
    assert_eq!(body(client.get().await).await, "hello");
    client.connection.await.unwrap().unwrap();
    about(began.elapsed(), 110);
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_cut_after_the_notice_that_the_connection_closes() {
    let server = HttpServer::new().with_idle_timeout(secs(10));
    let running = Running::start(&server, hello);
    let mut stream = running.connect(64 * 1024);
    // The preface, and SETTINGS without any.
    stream.write_all(PREFACE).await.unwrap();
    about(closed_after(&mut stream).await, 11);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_the_transport_is_cut() {
    let running = Running::start(&HttpServer::new(), async |_| response(vec![b'x'; 60_000]));
    let mut stream = running.connect(1024);
    stream.write_all(PREFACE).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    sleep(secs(1)).await;
    assert_eq!(running.calls(), 1);
    sleep(secs(5)).await;
    let (_, rest) = read_to_end(&mut stream).await;
    let count = rest.chars().count();
    assert!(count <= 1024, "{count} bytes came later");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_leaves_a_response_in_flow_control_is_cut() {
    for window in [0, 3, 8] {
        let running = Running::start(&HttpServer::new(), async |_| streamed(5, secs(0)));
        let mut client = Client::connect(running.connect(64 * 1024), Some(window)).await;
        let unread = client.get().await;
        let began = Instant::now();
        // How it ends is up to the client.
        let closed = timeout(secs(500), &mut client.connection).await;
        let _ = closed.expect("it is cut at some time").unwrap();
        about(began.elapsed(), 5);
        drop(unread);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_last_frame_is_bounded_by_the_idle_timeout() {
    let server = HttpServer::new().with_idle_timeout(secs(10));
    let running = Running::start(&server, async |_| response(vec![b'x'; 60_000]));
    let mut client = Client::connect(running.connect(64 * 1024), Some(10_000)).await;
    let unread = client.get().await;
    let began = Instant::now();
    let closed = timeout(secs(500), &mut client.connection).await;
    let _ = closed.expect("it is cut at some time").unwrap();
    about(began.elapsed(), 11);
    drop(unread);
}

#[tokio::test(start_paused = true)]
async fn a_slow_service_is_not_taken_for_a_peer_that_does_not_read() {
    let running = Running::start(&HttpServer::new(), async |_| {
        sleep(secs(30)).await;
        streamed(5, secs(20))
    });
    let mut client = Client::connect(running.connect(64 * 1024), None).await;
    assert_eq!(body(client.get().await).await, "frame".repeat(5));
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_requests_and_closes_idle_connections() {
    let mut running = Running::start(&HttpServer::new(), async |_| {
        sleep(secs(3)).await;
        response("done")
    });
    let mut busy = Client::connect(running.connect(64 * 1024), None).await;
    let idle = Client::connect(running.connect(64 * 1024), None).await;
    let (response, ()) = tokio::join!(busy.get(), async {
        sleep(secs(1)).await;
        running.signal();
        let began = Instant::now();
        idle.connection.await.unwrap().unwrap();
        about(began.elapsed(), 0);
    });
    assert_eq!(body(response).await, "done");
    assert_eq!(running.stop().await.aborted, 0);
}

struct Client {
    sender: http2::SendRequest<Empty<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Client {
    async fn connect(stream: DuplexStream, window: Option<u32>) -> Self {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(window);
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
        Self {
            sender,
            connection: tokio::spawn(connection),
        }
    }

    async fn get(&mut self) -> Response<Incoming> {
        let request = Request::get("http://localhost/").body(Empty::new());
        self.sender.send_request(request.unwrap()).await.unwrap()
    }
}

async fn body(response: Response<Incoming>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// RFC 9113 §3.4, with an empty `SETTINGS` frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// `HEADERS` of stream 1 with `END_STREAM` and `END_HEADERS`: `GET`, `http`, `/`, and the authority
/// `h`.
const REQUEST: &[u8] = b"\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01h";
