use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

/// Accepts connections for [`HttpServer`](crate::HttpServer).
///
/// Implemented for [`TcpListener`], where it switches `TCP_NODELAY` on, and on Unix for
/// `UnixListener`. Implement it for another transport, or to set options of accepted sockets.
pub trait Listener: Send {
    /// A connection, before any handshake.
    type Stream: Send + 'static;

    /// The address of the peer.
    type Peer: Send + 'static;

    /// Accepts the next connection.
    ///
    /// # Errors
    ///
    /// Returns an error of the operating system. The server logs it and accepts again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future must not lose a connection.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, Self::Peer)>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;
    type Peer = SocketAddr;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        // Fails if the connection was reset meanwhile, which the first read will report.
        let _ = stream.set_nodelay(true);
        Ok((stream, peer))
    }
}

#[cfg(unix)]
impl Listener for tokio::net::UnixListener {
    type Stream = tokio::net::UnixStream;
    type Peer = tokio::net::unix::SocketAddr;

    async fn accept(&self) -> io::Result<(Self::Stream, Self::Peer)> {
        Self::accept(self).await
    }
}
