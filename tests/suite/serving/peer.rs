//! Connections in memory, so that time can be paused, and what peers of all kinds do with them.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use reissue_hyper::{HttpServer, IncomingBody, Listener, Stopped};
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tower::{BoxError, Service};

pub(super) type Body = BoxBody<Bytes, Infallible>;

/// A server that runs, and how to reach and stop it.
pub(super) struct Running {
    connect: mpsc::UnboundedSender<DuplexStream>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Stopped>,
    /// How often the service was called.
    pub(super) calls: Arc<AtomicUsize>,
}

impl Running {
    /// Serves `handle` until it is stopped.
    pub(super) fn start<H, F>(server: &HttpServer, handle: H) -> Self
    where
        H: Fn(Request<IncomingBody>) -> F + Clone + Send + 'static,
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::with(server, |calls| {
            tower::service_fn(move |request| {
                calls.fetch_add(1, Ordering::Relaxed);
                let response = handle(request);
                async move { Ok::<_, Infallible>(response.await) }
            })
        })
    }

    /// Serves what is made of a count of its calls, until it is stopped.
    pub(super) fn with<S>(server: &HttpServer, service: impl FnOnce(Arc<AtomicUsize>) -> S) -> Self
    where
        S: Service<Request<IncomingBody>, Response = Response<Body>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
    {
        let (connect, connections) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let calls = Arc::new(AtomicUsize::new(0));
        let service = service(calls.clone());
        let server = server.clone();
        let serving = tokio::spawn(async move {
            let stop = async { stopped.await.unwrap_or_default() };
            let listener = InMemory(Mutex::new(connections));
            server.serve(listener, service, stop).await
        });
        Self {
            connect,
            stop: Some(stop),
            serving,
            calls,
        }
    }

    /// A new connection, whose directions hold this many bytes that nobody has read.
    pub(super) fn connect(&self, capacity: usize) -> DuplexStream {
        let (ours, theirs) = duplex(capacity);
        self.connect.send(theirs).expect("it accepts");
        ours
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn signal(&mut self) {
        let stop = self.stop.take().expect("it was not stopped");
        stop.send(()).expect("it runs");
    }

    /// Stops it, and waits for the end.
    pub(super) async fn stop(mut self) -> Stopped {
        if self.stop.is_some() {
            self.signal();
        }
        self.serving.await.expect("it does not panic")
    }

    /// Ends it without a word.
    pub(super) fn abort(self) {
        self.serving.abort();
    }
}

/// How long it takes until the server closes the connection, while the peer reads.
pub(super) async fn closed_after(stream: &mut DuplexStream) -> Duration {
    read_to_end(stream).await.0
}

/// The same, and what the peer reads.
pub(super) async fn read_to_end(stream: &mut DuplexStream) -> (Duration, String) {
    let began = Instant::now();
    let mut bytes = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut bytes)).await;
    // A server that disconnects in the middle breaks the pipe.
    let _ = read.expect("it is closed at some time");
    (
        began.elapsed(),
        String::from_utf8_lossy(&bytes).into_owned(),
    )
}

pub(super) async fn hello(_: Request<IncomingBody>) -> Response<Body> {
    response("hello")
}

pub(super) fn response(text: impl Into<Bytes>) -> Response<Body> {
    Response::new(Full::new(text.into()).boxed())
}

/// A response whose frames the service takes its time for.
pub(super) fn streamed(frames: usize, pause: Duration) -> Response<Body> {
    let (sender, frame) = mpsc::channel(1);
    tokio::spawn(async move {
        for _ in 0..frames {
            sleep(pause).await;
            if sender.send(Bytes::from_static(b"frame")).await.is_err() {
                break;
            }
        }
    });
    Response::new(Streamed(frame).boxed())
}

struct Streamed(mpsc::Receiver<Bytes>);

impl http_body::Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = self.0.poll_recv(cx);
        bytes.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

pub(super) const GET: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// Longer than any deadline.
const LONG: Duration = Duration::from_secs(1_000);

struct InMemory(Mutex<mpsc::UnboundedReceiver<DuplexStream>>);

impl Listener for InMemory {
    type Stream = DuplexStream;
    type Peer = ();

    async fn accept(&self) -> io::Result<(DuplexStream, ())> {
        match self.0.lock().await.recv().await {
            Some(stream) => Ok((stream, ())),
            None => std::future::pending().await,
        }
    }
}
