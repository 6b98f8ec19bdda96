//! A token endpoint on a port of its own, with the manners of good and bad servers.

use std::error::Error;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use reissue_load::Target;
use reissue_tests::Endpoint;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep_until};

/// What a server does. Requests are counted from 1, logins among them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Manner {
    Honest,
    /// Responds to this request with `invalid_grant`, whatever it was.
    LogsOut {
        request: u64,
    },
    /// Carries this request out and closes the connection.
    LosesResponse {
        request: u64,
    },
    /// Turns each so-many-th request away.
    Overloaded {
        every: u64,
    },
    /// Never responds to this request.
    Silent {
        request: u64,
    },
    /// Responds to no request from this one on for so long after it came.
    Stalled {
        from: u64,
        stall: Duration,
    },
}

/// A server in this process.
pub(super) struct Host {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    endpoint: Endpoint,
    manner: Manner,
    requests: AtomicU64,
    connections: AtomicU64,
    stalled_until: std::sync::OnceLock<Instant>,
}

impl Host {
    pub(super) async fn start(endpoint: &Endpoint, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            endpoint: endpoint.clone(),
            manner,
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            stalled_until: std::sync::OnceLock::new(),
        });
        tokio::spawn(accept(listener, state.clone()));
        Self { address, state }
    }

    pub(super) fn target(&self) -> Target {
        format!("http://{}/token", self.address).parse().unwrap()
    }

    pub(super) fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::Relaxed)
    }

    pub(super) fn connections(&self) -> u64 {
        self.state.connections.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        state.connections.fetch_add(1, Ordering::Relaxed);
        let state = state.clone();
        let service = service_fn(move |request| respond(state.clone(), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// An error closes the connection.
async fn respond(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
    let number = state.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let (head, body) = request.into_parts();
    let body = Full::new(body.collect().await?.to_bytes());
    let request = Request::from_parts(head, body);
    match state.manner {
        Manner::LogsOut { request: this } if number == this => {
            return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_grant"));
        }
        Manner::Overloaded { every } if number.is_multiple_of(every) => {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(refusal(unavailable, "temporarily_unavailable"));
        }
        Manner::Silent { request: this } if number == this => {
            return pending().await;
        }
        Manner::Stalled { from, stall } if number >= from => {
            let until = state.stalled_until.get_or_init(|| Instant::now() + stall);
            sleep_until(*until).await;
        }
        _ => {}
    }
    let answer = state.endpoint.call(request).await;
    if matches!(state.manner, Manner::LosesResponse { request: this } if number == this) {
        return Err("the answer gets lost".into());
    }
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

fn refusal(status: StatusCode, code: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(format!(r#"{{"error":"{code}"}}"#)));
    *response.status_mut() = status;
    response
}
