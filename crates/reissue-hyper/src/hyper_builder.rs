#[cfg(feature = "http2")]
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;

use crate::http_server::{HttpServer, Protocols};

/// Returns hyper's configuration of a connection.
///
/// hyper's own time-out for heads is off. It would count from the last response, and create a timer
/// for each request.
pub(crate) fn builder(server: &HttpServer) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(server.max_buffer);
    if !server.vectored_writes {
        builder.http1().writev(false);
    }
    #[cfg(feature = "http2")]
    {
        let bytes = u32::try_from(server.max_buffer).unwrap_or(u32::MAX);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(server.max_concurrent_streams)
            .initial_stream_window_size(bytes)
            .initial_connection_window_size(bytes.saturating_mul(2))
            .max_send_buf_size(server.max_buffer)
            .max_header_list_size(bytes)
            .keep_alive_interval(PING_EVERY);
    }
    match server.protocols {
        #[cfg(feature = "http2")]
        Protocols::Both => builder,
        Protocols::Http1 => builder.http1_only(),
        #[cfg(feature = "http2")]
        Protocols::Http2 => builder.http2_only(),
    }
}

/// How often a peer with an open stream has to show that it is still there.
#[cfg(feature = "http2")]
const PING_EVERY: Duration = Duration::from_secs(20);
