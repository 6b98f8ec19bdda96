use std::fmt;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;

use super::deadline::Timeouts;

/// A server for HTTP/1 and HTTP/2 that bounds how long a peer may take and how much it may fill.
///
/// hyper serves a connection; this accepts them, gives each a deadline at every step, and closes
/// them when the process stops. It serves whatever is a tower service, over any transport.
///
/// ```no_run
/// # use std::convert::Infallible;
/// # use bytes::Bytes;
/// # use http::{Request, Response};
/// # use http_body_util::Full;
/// use reissue_hyper::{HttpServer, RequestBody};
/// use std::future::ready;
/// use tokio::net::TcpListener;
///
/// # async fn example<S>(service: S) -> std::io::Result<()>
/// # where
/// #     S: tower::Service<Request<RequestBody>, Response = Response<Full<Bytes>>, Error = Infallible>
/// #         + Clone + Send + 'static,
/// #     S::Future: Send,
/// # {
/// let listener = TcpListener::bind("127.0.0.1:8080").await?;
/// let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
/// HttpServer::new()
///     .with_max_connections(1_000)
///     .serve(listener, |stream, _peer| ready(Ok((stream, service.clone()))), stop)
///     .await;
/// # Ok(())
/// # }
/// ```
///
/// # Bounds
///
/// | what a peer does | what bounds it | default |
/// | --- | --- | --- |
/// | says nothing, sends half a head, or no HTTP/2 preface | [header time-out](Self::with_header_timeout) | 5 s |
/// | does not finish a request body | [body time-out](Self::with_body_timeout) | 5 s |
/// | does not read | [write time-out](Self::with_write_timeout) | 5 s |
/// | keeps a connection open without a request | [idle time-out](Self::with_idle_timeout) | 60 s |
/// | sends requests and does not read the responses | [buffer](Self::with_max_buffer) | 32 KiB |
/// | opens many HTTP/2 streams | [concurrent streams](Self::with_max_concurrent_streams) | 64 |
/// | opens many connections | [connections](Self::with_max_connections) | 10,000 |
/// | is not done when the server stops | [shutdown time-out](Self::with_shutdown_timeout) | 10 s |
///
/// How long the service itself takes is not bounded here: a time-out layer does that. Connections
/// cannot be upgraded to other protocols.
#[derive(Clone)]
#[must_use]
pub struct HttpServer {
    pub(super) timeouts: Timeouts,
    pub(super) max_connections: usize,
    max_buffer: usize,
    is_vectored: bool,
    protocols: Protocols,
    #[cfg(feature = "http2")]
    max_concurrent_streams: u32,
}

#[derive(Clone, Copy, Debug)]
enum Protocols {
    #[cfg(feature = "http2")]
    Both,
    Http1,
    #[cfg(feature = "http2")]
    Http2,
}

impl HttpServer {
    /// Creates a server with the default bounds. It serves HTTP/1, and with the feature `http2` also
    /// HTTP/2, which it recognises by the preface of the client (RFC 9113 §3.4).
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
            is_vectored: true,
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
    /// For the first request the time starts when the connection is accepted, so that it bounds a
    /// TLS handshake and the preface of HTTP/2, too. For each further request of HTTP/1 it starts
    /// with its first byte. A connection that takes longer is closed without a response.
    pub fn with_header_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.header = timeout;
        self
    }

    /// Sets how long a service may have to wait for the body of a request. Default: 5 seconds.
    ///
    /// The time starts when the service first has to wait, and is for the whole body. Then the body
    /// ends with [`BodyTimeout`](super::BodyTimeout), to which the service responds as it likes.
    pub fn with_body_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.body = timeout;
        self
    }

    /// Sets for how long a peer may take nothing of what is sent to it. Default: 5 seconds.
    ///
    /// Every byte that the transport accepts starts the time again, so a slow peer is served for as
    /// long as it reads at all. With HTTP/2 a response that waits for the flow control of the peer
    /// counts like a transport that accepts nothing. The connection is then cut, also in the middle
    /// of a response, with all of its streams. Only when the last frame of a response is partly sent,
    /// what is left of it counts as sent, and the [idle time-out](Self::with_idle_timeout) bounds it.
    pub fn with_write_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.write = timeout;
        self
    }

    /// Sets for how long a connection may be open without a request. Default: 60 seconds.
    ///
    /// Clients that reuse a connection just when it is closed see their request fail. Let proxies
    /// and connection pools close theirs earlier.
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.idle = timeout;
        self
    }

    /// Sets how long requests that are under way may take after the signal to stop. Default:
    /// 10 seconds.
    ///
    /// Connections without a request are closed at once. What waits for a peer then, for the rest of
    /// a head or for reading what was sent, waits one second more.
    pub fn with_shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.shutdown = timeout;
        self
    }

    /// Sets how many connections are served at once, at least one. Default: 10,000.
    ///
    /// Further connections are not accepted until one ends: they wait in the queue of the operating
    /// system, cost no memory of the process, and are served first come, first served.
    pub fn with_max_connections(mut self, max: usize) -> Self {
        self.max_connections = max.clamp(1, MOST_CONNECTIONS);
        self
    }

    /// Sets how many bytes are buffered for a connection, at least 8 KiB. Default: 32 KiB.
    ///
    /// This bounds the head of a request, and separately what was not sent yet. One frame of a
    /// response body may exceed it. With HTTP/2 it bounds the header list and what is not sent of
    /// each stream, and twice as much may be received and not read yet.
    ///
    /// The operating system has buffers of its own, of megabytes where it adapts them. `TcpSocket` of
    /// tokio sets their size for a listener, from which connections inherit it.
    pub fn with_max_buffer(mut self, bytes: usize) -> Self {
        self.max_buffer = bytes.clamp(8 * 1024, 1024 * 1024 * 1024);
        self
    }

    /// Sets whether HTTP/1 responses are written from several buffers at once where the transport
    /// can. Default: true. Switched off, head and body are copied into one buffer, which is faster
    /// for short responses.
    pub fn with_vectored_writes(mut self, is_vectored: bool) -> Self {
        self.is_vectored = is_vectored;
        self
    }

    /// Sets how many HTTP/2 streams a connection may have open at once. Default: 64.
    #[cfg(feature = "http2")]
    pub fn with_max_concurrent_streams(mut self, max: u32) -> Self {
        self.max_concurrent_streams = max;
        self
    }

    /// Returns the configuration of each connection as hyper takes it. Its own time-out for heads is
    /// off: it would count from the last response, and take a timer for each request.
    pub(super) fn to_hyper(&self) -> Builder<TokioExecutor> {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_buf_size(self.max_buffer);
        if !self.is_vectored {
            builder.http1().writev(false);
        }
        #[cfg(feature = "http2")]
        {
            let bytes = u32::try_from(self.max_buffer).unwrap_or(u32::MAX);
            builder
                .http2()
                .timer(TokioTimer::new())
                .max_concurrent_streams(self.max_concurrent_streams)
                .initial_stream_window_size(bytes)
                .initial_connection_window_size(bytes.saturating_mul(2))
                .max_send_buf_size(self.max_buffer)
                .max_header_list_size(bytes)
                .keep_alive_interval(PING_EVERY);
        }
        match self.protocols {
            #[cfg(feature = "http2")]
            Protocols::Both => builder,
            Protocols::Http1 => builder.http1_only(),
            #[cfg(feature = "http2")]
            Protocols::Http2 => builder.http2_only(),
        }
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

/// Any bound beyond what a machine has ports and memory for.
const MOST_CONNECTIONS: usize = 100_000_000;

/// How often a peer has to show that it is still there while a stream of it is open.
#[cfg(feature = "http2")]
const PING_EVERY: Duration = Duration::from_secs(20);
