use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

/// Accepts connections for [`HttpServer`](super::HttpServer).
///
/// Implemented for [`TcpListener`], which switches `TCP_NODELAY` on, and on Unix for `UnixListener`.
pub trait Listener: Send {
    /// A connection, before any handshake.
    type Stream: Send + 'static;

    /// The address of the peer.
    type Peer: Send + 'static;

    /// Accepts the next connection.
    ///
    /// # Errors
    ///
    /// Those of the operating system. The server goes on after any of them.
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
        // A connection that was reset meanwhile has no options; the first read will tell.
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
