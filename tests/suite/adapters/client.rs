//! Sends requests over a socket.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{DATE, HOST, HeaderValue};
use http::{Request, Uri};
use http_body_util::Full;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reissue_tests::TestResponse;
use tokio::net::TcpStream;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// Sends one request on a connection of its own. The response has no date.
pub(crate) async fn send(
    address: SocketAddr,
    protocol: Protocol,
    mut request: Request<Full<Bytes>>,
) -> TestResponse {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let io = TokioIo::new(stream);
    let mut response = match protocol {
        Protocol::Http1 => {
            let host = HeaderValue::try_from(address.to_string()).unwrap();
            request.headers_mut().insert(HOST, host);
            let (mut sender, connection) = http1::handshake(io).await.unwrap();
            tokio::spawn(connection);
            TestResponse::read(sender.send_request(request).await.unwrap()).await
        }
        Protocol::Http2 => {
            let uri = format!("http://{address}{}", request.uri());
            *request.uri_mut() = Uri::try_from(uri).unwrap();
            let executor = TokioExecutor::new();
            let (mut sender, connection) = http2::handshake(executor, io).await.unwrap();
            tokio::spawn(connection);
            TestResponse::read(sender.send_request(request).await.unwrap()).await
        }
    };
    assert!(response.headers.remove(DATE).is_some(), "{response:?}");
    response
}
