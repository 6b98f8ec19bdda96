use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::activity::Activity;

/// A transport that records in the [`Activity`] what the peer sends, and whether it reads.
pub(crate) struct WatchedIo<I> {
    io: I,
    activity: Arc<Activity>,
    preface: Preface,
}

/// How much of the beginning of an HTTP/2 connection was received.
enum Preface {
    /// It is HTTP/1, or the beginning is complete and recorded.
    Done,
    /// The number of bytes of the preface and the first frame.
    Reading(usize),
}

impl<I> WatchedIo<I> {
    pub(crate) fn new(io: I, activity: Arc<Activity>) -> Self {
        Self {
            io,
            activity,
            preface: Preface::Reading(0),
        }
    }

    fn received(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let Preface::Reading(count) = self.preface else {
            self.activity.received();
            return;
        };
        let expected = PREFACE.get(count..).unwrap_or_default();
        let compared = expected.len().min(bytes.len());
        if bytes[..compared] != expected[..compared] {
            self.preface = Preface::Done;
            self.activity.received();
        } else if count + bytes.len() < PREFACE.len() + FRAME_HEAD {
            self.preface = Preface::Reading(count + bytes.len());
        } else {
            self.preface = Preface::Done;
            self.activity.received_preface();
        }
    }
}

impl<I> AsyncRead for WatchedIo<I>
where
    I: AsyncRead + Unpin,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        self.received(&buf.filled()[before..]);
        read
    }
}

impl<I> AsyncWrite for WatchedIo<I>
where
    I: AsyncWrite + Unpin,
{
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, buf);
        self.activity.wrote(written.is_pending());
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        // A transport without a buffer is always flushed, even if it accepts nothing.
        if flushed.is_pending() {
            self.activity.wrote(true);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.io).poll_shutdown(cx);
        self.activity.wrote(shut.is_pending());
        shut
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.activity.wrote(written.is_pending());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

/// The preface of a client (RFC 9113 §3.4). A `SETTINGS` frame follows it.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The length of a frame's head (RFC 9113 §4.1).
const FRAME_HEAD: usize = 9;
