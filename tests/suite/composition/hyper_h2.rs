//! HTTP/2, many requests on one connection.

use std::time::{Duration, Instant};

use http::{Uri, Version};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reissue_tests::{TestResponse, form};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::example::{Example, refresh};

#[tokio::test]
async fn requests_at_once_on_one_connection_make_one_session() {
    let example = Example::start("hyper-h2");
    let login = example.login().await;
    let stream = TcpStream::connect(example.address).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let mut responses = JoinSet::new();
    for _ in 0..4 {
        let mut sender = sender.clone();
        let mut request = form(refresh(login.refresh_token()));
        let url = format!("http://{}/token", example.address);
        *request.uri_mut() = Uri::try_from(url).unwrap();
        responses.spawn(async move {
            sender.ready().await.unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.version(), Version::HTTP_2);
            TestResponse::read(response).await
        });
    }
    for response in responses.join_all().await {
        assert_eq!(response.summary(), "200", "{response:?}");
        // Whichever of them is used, it is the same session.
        let next = example.refresh(response.refresh_token()).await;
        assert_eq!(next.summary(), "200", "{next:?}");
    }
}

#[tokio::test]
async fn other_paths_pass() {
    let example = Example::start("hyper-h2");
    let mut request = form("");
    *request.uri_mut() = Uri::from_static("/elsewhere");
    assert_eq!(example.send(request).await.summary(), "404");
}

#[tokio::test]
async fn a_connection_without_the_preface_is_cut() {
    let example = Example::start("hyper-h2");
    let silent = TcpStream::connect(example.address).await.unwrap();
    let mut unfinished = TcpStream::connect(example.address).await.unwrap();
    unfinished
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    let began = Instant::now();
    for mut stream in [silent, unfinished] {
        let mut said = Vec::new();
        let closed = timeout(Duration::from_secs(60), stream.read_to_end(&mut said)).await;
        // A reset ends it as well.
        let _ = closed.expect("it is cut in time");
    }
    assert!(
        began.elapsed() >= Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
}
