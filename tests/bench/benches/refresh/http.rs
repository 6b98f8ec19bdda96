//! One keep-alive connection to a hyper server in a thread of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::thread;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tower::{Service, service_fn};

use crate::setup::{SUBJECT, endpoint, login, plain, refresh_request, refresh_token, server};
use crate::stopwatch::Subject;

pub(crate) fn bare() -> Subject {
    let mut connection = Connection::open(serve(service_fn(plain::<Incoming>)));
    Box::new(move |count| {
        for _ in 0..count {
            connection.call(refresh_request("v4.local.not-looked-at"));
        }
    })
}

pub(crate) fn refresh() -> Subject {
    let server = server();
    let first = login(&server, SUBJECT).refresh_token;
    let mut token = first.expect("the client may refresh").expose().to_owned();
    let mut connection = Connection::open(serve(endpoint(server)));
    Box::new(move |count| {
        for _ in 0..count {
            token = refresh_token(&connection.call(refresh_request(&token)));
        }
    })
}

/// A client with one connection.
struct Connection {
    runtime: Runtime,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let runtime = runtime();
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await.expect("connected");
            stream.set_nodelay(true).expect("a TCP connection");
            let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
            tokio::spawn(connection);
            sender
        });
        Self { runtime, sender }
    }

    fn call(&mut self, mut request: Request<Full<Bytes>>) -> Bytes {
        request
            .headers_mut()
            .insert("host", http::HeaderValue::from_static("id.example"));
        self.runtime.block_on(async {
            let response = self.sender.send_request(request).await.expect("answered");
            let body = response.into_body().collect().await.expect("read");
            body.to_bytes()
        })
    }
}

/// Serves in a thread of its own for as long as the process lives.
fn serve<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let runtime = runtime();
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("bound");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        runtime.block_on(async {
            loop {
                let (stream, _) = listener.accept().await.expect("accepted");
                stream.set_nodelay(true).expect("a TCP connection");
                let service = TowerToHyperService::new(service.clone());
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move {
                    serving.await.expect("served");
                });
            }
        });
    });
    address
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime")
}
