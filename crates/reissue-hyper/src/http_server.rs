use std::fmt;
use std::time::Duration;

use crate::deadline::Timeouts;

/// An HTTP/1 and HTTP/2 server that bounds how long a peer may take and how much memory it may use.
///
/// hyper serves one connection. This type accepts connections, has hyper serve them with any tower
/// service, enforces a deadline at every step, and shuts them down gracefully.
///
/// ```no_run
/// # use std::convert::Infallible;
/// # use bytes::Bytes;
/// # use http::{Request, Response};
/// # use http_body_util::Full;
/// use reissue_hyper::{HttpServer, IncomingBody};
/// use tokio::net::TcpListener;
///
/// # async fn example<S>(service: S) -> std::io::Result<()>
/// # where
/// #     S: tower::Service<Request<IncomingBody>, Response = Response<Full<Bytes>>>
/// #         + Clone + Send + 'static,
/// #     S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
/// #     S::Future: Send,
/// # {
/// let listener = TcpListener::bind("127.0.0.1:8080").await?;
/// let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
/// HttpServer::new()
///     .with_max_connections(1_000)
///     .serve(listener, service, stop)
///     .await;
/// # Ok(())
/// # }
/// ```
///
/// # Bounds
///
/// | a peer that | is bounded by | default |
/// | --- | --- | --- |
/// | sends no head, half a head, or no HTTP/2 preface | [header time-out] | 5 s |
/// | does not finish a request body | [body time-out] | 5 s |
/// | does not read | [write time-out] | 5 s |
/// | keeps a connection open without a request | [idle time-out] | 60 s |
/// | sends requests and does not read the responses | [buffer] | 32 KiB |
/// | opens many HTTP/2 streams | [concurrent streams] | 64 |
/// | opens many connections | [connections] | 10,000 |
/// | has not finished when the server shuts down | [shutdown time-out] | 10 s |
///
/// How long the service may take is not bounded here: use a time-out layer. Connections cannot be
/// upgraded to other protocols.
///
/// [header time-out]: Self::with_header_timeout
/// [body time-out]: Self::with_body_timeout
/// [write time-out]: Self::with_write_timeout
/// [idle time-out]: Self::with_idle_timeout
/// [buffer]: Self::with_max_buffer
/// [concurrent streams]: Self::with_max_concurrent_streams
/// [connections]: Self::with_max_connections
/// [shutdown time-out]: Self::with_shutdown_timeout
#[derive(Clone)]
#[must_use]
pub struct HttpServer {
    pub(crate) timeouts: Timeouts,
    pub(crate) max_connections: usize,
    pub(crate) max_buffer: usize,
    pub(crate) vectored_writes: bool,
    pub(crate) protocols: Protocols,
    #[cfg(feature = "http2")]
    pub(crate) max_concurrent_streams: u32,
}

/// The protocols that are served.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocols {
    #[cfg(feature = "http2")]
    Both,
    Http1,
    #[cfg(feature = "http2")]
    Http2,
}

impl HttpServer {
    /// Creates a server with the default bounds.
    ///
    /// It serves HTTP/1, and with the feature `http2` also HTTP/2, which it detects by the preface
    /// of the client (RFC 9113 §3.4).
    pub fn new() -> Self {
        Self {
            timeouts: Timeouts {
                header: Duration::from_secs(5),
                body: Duration::from_secs(5),
                write: Duration::from_secs(5),
                idle: Duration::from_secs(60),
                shutdown: Duration::from_secs(10),
            },
            max_connections: 10_000,
            max_buffer: 32 * 1024,
            vectored_writes: true,
            #[cfg(feature = "http2")]
            protocols: Protocols::Both,
            #[cfg(not(feature = "http2"))]
            protocols: Protocols::Http1,
            #[cfg(feature = "http2")]
            max_concurrent_streams: 64,
        }
    }

    /// Serves HTTP/1 only.
    pub fn http1_only(mut self) -> Self {
        self.protocols = Protocols::Http1;
        self
    }

    /// Serves HTTP/2 only.
    #[cfg(feature = "http2")]
    pub fn http2_only(mut self) -> Self {
        self.protocols = Protocols::Http2;
        self
    }

    /// Sets how long a peer may take for the head of a request. Default: 5 seconds.
    ///
    /// For the first request, the time starts when the connection is accepted, so it also bounds a
    /// TLS handshake and the preface of HTTP/2. For each further request of HTTP/1, it starts with
    /// the first byte. A connection that takes longer is dropped without a response.
    pub fn with_header_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.header = timeout;
        self
    }

    /// Sets how long a peer may take for the body of a request. Default: 5 seconds.
    ///
    /// The time starts when the service first has to wait for the body, and bounds the rest of it.
    /// After that, reading the body fails with [`BodyTimeout`](crate::BodyTimeout), and the service
    /// decides on the response.
    pub fn with_body_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.body = timeout;
        self
    }

    /// Sets for how long a peer may read nothing of what is sent to it. Default: 5 seconds.
    ///
    /// Every byte that the transport accepts restarts the time, so a slow peer is served for as
    /// long as it reads at all. With HTTP/2, a response that waits for the flow control of the peer
    /// counts like a transport that accepts nothing. When the time is over, the connection is
    /// dropped with all of its streams, even in the middle of a response.
    ///
    /// One exception: once hyper has taken the last frame of an HTTP/2 response, the rest of that
    /// frame is bounded by the [idle time-out](Self::with_idle_timeout).
    pub fn with_write_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.write = timeout;
        self
    }

    /// Sets for how long a connection may be open without a request. Default: 60 seconds.
    ///
    /// A client that sends a request at the very moment at which the server closes the connection
    /// gets an error. Configure proxies and connection pools to close idle connections earlier.
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.idle = timeout;
        self
    }

    /// Sets how long requests in flight may take after the shutdown has begun. Default: 10 seconds.
    ///
    /// Connections without a request are closed at once. Connections that wait for their peer, for
    /// the rest of a head or until it reads, are dropped after one second.
    pub fn with_shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.shutdown = timeout;
        self
    }

    /// Sets how many connections are served at once, at least one. Default: 10,000.
    ///
    /// Further connections wait in the accept queue of the operating system, which takes no memory
    /// of the process, and are accepted in order as connections end.
    pub fn with_max_connections(mut self, max: usize) -> Self {
        self.max_connections = max.clamp(1, MOST_CONNECTIONS);
        self
    }

    /// Sets how many bytes are buffered for a connection, at least 8 KiB. Default: 32 KiB.
    ///
    /// It bounds the head of a request and, separately, the bytes that wait to be sent. One frame
    /// of a response body may exceed it. With HTTP/2 it bounds the header list, and for each stream
    /// the bytes that wait to be sent; twice as many may be received before the service reads them.
    ///
    /// The buffers of the operating system come in addition, and may grow to megabytes. Set their
    /// size on a listener with `tokio::net::TcpSocket`; accepted connections inherit it.
    pub fn with_max_buffer(mut self, bytes: usize) -> Self {
        self.max_buffer = bytes.clamp(8 * 1024, 1024 * 1024 * 1024);
        self
    }

    /// Sets whether HTTP/1 responses are written from several buffers at once, if the transport
    /// can. Default: `true`.
    ///
    /// If `false`, head and body are copied into one buffer, which is faster for short responses.
    pub fn with_vectored_writes(mut self, vectored_writes: bool) -> Self {
        self.vectored_writes = vectored_writes;
        self
    }

    /// Sets how many HTTP/2 streams a connection may have open at once. Default: 64.
    #[cfg(feature = "http2")]
    pub fn with_max_concurrent_streams(mut self, max: u32) -> Self {
        self.max_concurrent_streams = max;
        self
    }
}

impl Default for HttpServer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer")
            .field("timeouts", &self.timeouts)
            .field("max_connections", &self.max_connections)
            .field("max_buffer", &self.max_buffer)
            .field("protocols", &self.protocols)
            .finish_non_exhaustive()
    }
}

/// More than a machine has ports and memory for.
const MOST_CONNECTIONS: usize = 100_000_000;
