//! One direction of a connection: what was read waits here until it may be written.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::shared::Switches;

/// A part of the stream, and when it was read.
#[derive(Debug)]
pub(super) struct Part {
    bytes: Bytes,
    read: Instant,
}

impl Part {
    pub(super) fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            read: Instant::now(),
        }
    }
}

/// Writes part after part, each when it is due, until there are no more or nobody takes them.
pub(super) async fn deliver<W>(
    mut parts: mpsc::UnboundedReceiver<Part>,
    mut to: W,
    mut switches: watch::Receiver<Switches>,
    connection: u64,
    delay: fn(&Switches) -> Duration,
) where
    W: AsyncWrite + Unpin,
{
    while let Some(part) = parts.recv().await {
        loop {
            let now = *switches.borrow_and_update();
            let dark = connection < now.dark_below;
            let due = part.read + delay(&now);
            if !dark && due <= Instant::now() {
                break;
            }
            tokio::select! {
                () = sleep_until(due), if !dark => {}
                changed = switches.changed() => if changed.is_err() { return },
            }
        }
        if to.write_all(&part.bytes).await.is_err() {
            return;
        }
    }
}
