//! A keep-alive connection, made anew when it is lost.

use std::fmt;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::target::Target;

/// A connection to one target. One request at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    target: Target,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// How often it was made again.
    pub(crate) reconnects: u64,
    was_made: bool,
}

/// No response came: whether the request was carried out is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoResponse {
    Broken,
    NotConnected,
}

impl Connection {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target,
            sender: None,
            reconnects: 0,
            was_made: false,
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Connects, unless it is connected already.
    pub(crate) async fn connect(&mut self) -> Result<(), NoResponse> {
        self.ready().await.map(drop)
    }

    /// The response. A future that is dropped takes the connection with it: what comes later would
    /// be taken for the response to the next request.
    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), NoResponse> {
        self.ready().await?;
        let mut sender = self.sender.take().ok_or(NoResponse::NotConnected)?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok((status, body))
    }

    /// Servers close idle connections as they like: that is no error, and the request goes out on
    /// another.
    async fn ready(&mut self) -> Result<(), NoResponse> {
        if let Some(sender) = &mut self.sender
            && sender.ready().await.is_ok()
        {
            return Ok(());
        }
        let stream = TcpStream::connect(&self.target.authority)
            .await
            .map_err(|_| NoResponse::NotConnected)?;
        stream
            .set_nodelay(true)
            .map_err(|_| NoResponse::NotConnected)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its errors are those of the request.
        tokio::spawn(async move { drop(connection.await) });
        self.sender = Some(sender);
        self.reconnects += u64::from(self.was_made);
        self.was_made = true;
        Ok(())
    }
}

impl From<hyper::Error> for NoResponse {
    fn from(_: hyper::Error) -> Self {
        Self::Broken
    }
}

impl fmt::Display for NoResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken => "connection broken",
            Self::NotConnected => "not connected",
        })
    }
}
