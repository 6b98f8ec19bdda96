//! HTTP/1.1 with peers that are slow, silent, or do not read.

use http_body_util::BodyExt as _;
use reissue_hyper::{BodyTimeout, HttpServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, sleep};

use super::peer::{GET, Running, closed_after, hello, read_to_end, response, streamed};
use super::{about, secs};

#[tokio::test(start_paused = true)]
async fn requests_are_served_one_after_the_other() {
    let running = Running::start(&HttpServer::new(), hello);
    let mut stream = running.connect(1024);
    for _ in 0..3 {
        stream.write_all(GET.as_bytes()).await.unwrap();
        let mut response = [0; 15];
        stream.read_exact(&mut response).await.unwrap();
        assert_eq!(&response, b"HTTP/1.1 200 OK");
        let mut last = [0; 5];
        while &last != b"hello" {
            last.rotate_left(1);
            last[4] = stream.read_u8().await.unwrap();
        }
        sleep(secs(30)).await;
    }
    assert_eq!(running.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_nothing_is_cut_after_the_header_timeout() {
    let running = Running::start(&HttpServer::new(), hello);
    let closed = closed_after(&mut running.connect(1024)).await;
    about(closed, 5);
    assert_eq!(running.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_byte_by_byte_is_cut_after_the_header_timeout() {
    let running = Running::start(&HttpServer::new(), hello);
    let began = Instant::now();
    let mut stream = running.connect(1024);
    for byte in GET.bytes() {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(secs(1)).await;
    }
    about(began.elapsed(), 6);
    assert_eq!(running.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_further_head_has_as_long_from_its_first_byte() {
    let running = Running::start(&HttpServer::new(), hello);
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    sleep(secs(30)).await;
    stream.write_all(b"GET / HT").await.unwrap();
    sleep(secs(3)).await;
    stream.write_all(b"TP").await.unwrap();
    about(closed_after(&mut stream).await, 2);
    assert_eq!(running.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_requests_is_closed_after_the_idle_timeout() {
    let running = Running::start(&HttpServer::new(), hello);
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    let (closed, response) = read_to_end(&mut stream).await;
    about(closed, 60);
    assert!(response.ends_with("hello"), "{response}");
}

#[tokio::test(start_paused = true)]
async fn a_service_may_take_as_long_as_it_likes() {
    let running = Running::start(&HttpServer::new(), async |_| {
        sleep(secs(500)).await;
        response("at last")
    });
    let mut stream = running.connect(1024);
    let request = GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (closed, answer) = read_to_end(&mut stream).await;
    about(closed, 500);
    assert!(answer.ends_with("at last"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_ends_with_an_error_that_the_service_sees() {
    let running = Running::start(&HttpServer::new(), async |request| {
        let error = request.into_body().collect().await.unwrap_err();
        response(format!("timeout: {}", error.is::<BodyTimeout>()))
    });
    let mut stream = running.connect(1024);
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..4 {
        stream.write_all(b"some").await.unwrap();
        sleep(secs(1)).await;
    }
    let (_, answer) = read_to_end(&mut stream).await;
    assert!(answer.ends_with("timeout: true"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_cut_in_the_middle_of_a_response() {
    let running = Running::start(&HttpServer::new(), async |_| response(vec![b'x'; 100_000]));
    let mut stream = running.connect(1024);
    stream.write_all(GET.as_bytes()).await.unwrap();
    sleep(secs(4)).await;
    let mut some = [0; 512];
    stream.read_exact(&mut some).await.unwrap();
    // The server could write again: it has five seconds from now.
    sleep(secs(4)).await;
    stream.read_exact(&mut some).await.unwrap();
    sleep(secs(6)).await;
    let (_, rest) = read_to_end(&mut stream).await;
    assert!(rest.len() <= 1024, "{} bytes came later", rest.len());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_slowly_gets_everything() {
    let running = Running::start(&HttpServer::new(), async |_| response(vec![b'x'; 50_000]));
    let mut stream = running.connect(1024);
    let request = GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut read, mut some) = (0, [0; 1024]);
    loop {
        sleep(secs(3)).await;
        match stream.read(&mut some).await.unwrap() {
            0 => break,
            count => read += count,
        }
    }
    assert!(read > 50_000, "{read}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_service_is_not_taken_for_a_peer_that_does_not_read() {
    let running = Running::start(&HttpServer::new(), async |_| streamed(5, secs(20)));
    let mut stream = running.connect(1024);
    let request = GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (closed, response) = read_to_end(&mut stream).await;
    about(closed, 100);
    assert_eq!(response.matches("frame").count(), 5, "{response}");
}

#[tokio::test(start_paused = true)]
async fn requests_of_a_peer_that_does_not_read_fill_no_more_than_the_buffer() {
    const LENGTH: usize = 4096;
    let server = HttpServer::new().with_max_buffer(16 * 1024);
    let running = Running::start(&server, async |_| response(vec![b'x'; LENGTH]));
    let mut stream = running.connect(1024);
    let flood = async { while stream.write_all(GET.as_bytes()).await.is_ok() {} };
    let began = Instant::now();
    flood.await;
    about(began.elapsed(), 5);
    assert!(running.calls() <= 16 / 4 + 2, "{} calls", running.calls());
}
