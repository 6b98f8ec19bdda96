use std::error::Error;
use std::future::{Future, ready};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response};
use http_body::Body;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;
use tower_service::Service;
use tracing::debug;

use crate::acceptor::Acceptor;
use crate::connection::{self, End, Shared};
use crate::deadline::{Cause, Stop};
use crate::http_server::HttpServer;
use crate::hyper_builder;
use crate::incoming_body::IncomingBody;
use crate::listener::Listener;

/// The result of a graceful shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// The number of connections that were dropped with a request, because they did not end in
    /// time.
    pub aborted: usize,
}

impl HttpServer {
    /// Accepts connections and serves them with `service`, until the future `stop` completes. Then
    /// waits for the requests in flight, at most for the
    /// [shutdown time-out](Self::with_shutdown_timeout).
    ///
    /// The service is cloned for each request.
    ///
    /// If accepting a connection fails, the server logs the error and tries again, after 100 ms if
    /// the process is out of file descriptors or memory. An error of the service, or of a response
    /// body, ends its connection only.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the listener and drops all connections, with their requests.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time enabled.
    pub async fn serve<L, S, B>(
        &self,
        listener: L,
        service: S,
        stop: impl Future<Output = ()>,
    ) -> Stopped
    where
        L: Listener<Stream: AsyncRead + AsyncWrite + Unpin>,
        S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        S::Future: Send,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let connect = move |stream, _| ready(Ok((stream, service.clone())));
        self.serve_with(listener, connect, stop).await
    }

    /// Like [`serve`](Self::serve), with a handshake and a service for each connection.
    ///
    /// `connect` is called with the stream of each connection and the address of its peer. It
    /// returns a future of the transport, for example after a TLS handshake, and of the service for
    /// this connection. The future runs in the task of the connection, within the
    /// [header time-out](Self::with_header_timeout). If it fails, the connection is closed.
    ///
    /// ```no_run
    /// # use std::convert::Infallible;
    /// use std::future::ready;
    /// use std::net::SocketAddr;
    ///
    /// # use bytes::Bytes;
    /// use http::{Request, Response};
    /// # use http_body_util::Full;
    /// use reissue::guessing::{AddressSource, ClientAddressLayer};
    /// use reissue_hyper::{HttpServer, IncomingBody};
    /// use tower::Layer;
    ///
    /// # async fn example<S>(listener: tokio::net::TcpListener, service: S)
    /// # where
    /// #     S: tower::Service<Request<IncomingBody>, Response = Response<Full<Bytes>>>
    /// #         + Clone + Send + 'static,
    /// #     S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    /// #     S::Future: Send,
    /// # {
    /// let connect = |stream, peer: SocketAddr| {
    ///     let address = ClientAddressLayer::new(peer.ip(), AddressSource::Connection);
    ///     ready(Ok((stream, address.layer(service.clone()))))
    /// };
    /// let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    /// HttpServer::new().serve_with(listener, connect, stop).await;
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// As with [`serve`](Self::serve).
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time enabled.
    pub async fn serve_with<L, F, C, I, S, B>(
        &self,
        listener: L,
        mut connect: F,
        stop: impl Future<Output = ()>,
    ) -> Stopped
    where
        L: Listener,
        F: FnMut(L::Stream, L::Peer) -> C,
        C: Future<Output = io::Result<(I, S)>> + Send + 'static,
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        S::Future: Send,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (stopping, stopped) = watch::channel(None);
        let shared = Arc::new(Shared {
            http: hyper_builder::builder(self),
            timeouts: self.timeouts,
            stop: stopped,
        });
        let mut acceptor = Acceptor::new(listener, self.max_connections);
        let aborted = Arc::new(AtomicUsize::new(0));
        {
            let mut stop = pin!(stop);
            loop {
                let accepted = tokio::select! {
                    accepted = acceptor.accept() => accepted,
                    () = &mut stop => break,
                };
                let (permit, stream, peer) = accepted;
                let serving = connection::serve(shared.clone(), connect(stream, peer));
                let aborted = aborted.clone();
                tokio::spawn(async move {
                    let end = serving.await;
                    if matches!(end, End::Cut(Cause::Stop | Cause::Write)) {
                        aborted.fetch_add(1, Ordering::Relaxed);
                    }
                    log(&end);
                    drop(permit);
                });
            }
        }
        let connections = acceptor.close();
        // Those before the shutdown do not count.
        aborted.store(0, Ordering::Relaxed);
        let since = Instant::now();
        // Each connection keeps these deadlines by itself.
        stopping.send_replace(Some(Stop {
            since,
            until: since.checked_add(self.timeouts.shutdown),
        }));
        connections.ended().await;
        Stopped {
            aborted: aborted.load(Ordering::Relaxed),
        }
    }
}

fn log(end: &End) {
    match end {
        End::Closed(Ok(())) => {}
        End::Closed(Err(error)) => debug!(%error, "a connection ended early"),
        End::Cut(cause) => debug!(cause = cause.as_str(), "a connection was dropped"),
    }
}
