//! A wire between store and server that can be cut, clogged and tampered with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to replies. New connections begin with what is set when they come.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
pub(crate) enum Replies {
    Pass = 0,
    /// The connections that are open now are silent for ever; new ones are not.
    BlackHole = 1,
    /// The next reply is sent twice.
    DuplicateOne = 2,
    /// The next reply is swallowed, and the connection closed.
    DropOne = 3,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    replies: Arc<AtomicU8>,
    epoch: Arc<AtomicUsize>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) async fn before(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let proxy = Self {
            port: listener.local_addr().expect("an address").port(),
            replies: Arc::default(),
            epoch: Arc::default(),
            connections: Arc::default(),
        };
        let (replies, epoch) = (proxy.replies.clone(), proxy.epoch.clone());
        let connections = proxy.connections.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(("127.0.0.1", server)).await;
                if let Ok(server) = server {
                    let born = epoch.load(Ordering::SeqCst);
                    let (replies, epoch) = (replies.clone(), epoch.clone());
                    tokio::spawn(carry(client, server, replies, epoch, born));
                }
            }
        });
        proxy
    }

    pub(crate) fn set(&self, replies: Replies) {
        self.replies.store(replies as u8, Ordering::SeqCst);
        if replies == Replies::BlackHole {
            self.epoch.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

async fn carry(
    client: TcpStream,
    server: TcpStream,
    replies: Arc<AtomicU8>,
    epoch: Arc<AtomicUsize>,
    born: usize,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
        let _ = to_server.shutdown().await;
    });
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
        let reply = &buffer[..count];
        if epoch.load(Ordering::SeqCst) != born {
            continue;
        }
        let pass = Replies::Pass as u8;
        let todo = replies.load(Ordering::SeqCst);
        if todo == Replies::DropOne as u8 {
            replies.store(pass, Ordering::SeqCst);
            return;
        }
        if to_client.write_all(reply).await.is_err() {
            return;
        }
        if todo == Replies::DuplicateOne as u8 {
            replies.store(pass, Ordering::SeqCst);
            let _ = to_client.write_all(reply).await;
        }
    }
}
