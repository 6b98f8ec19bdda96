//! A body of just these frames.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;

/// A body of just these frames.
pub(super) struct Frames {
    frames: VecDeque<Result<Frame<Bytes>, Broken>>,
    sized: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Broken(pub(super) &'static str);

impl Frames {
    pub(super) fn new(frames: impl IntoIterator<Item = Result<Frame<Bytes>, Broken>>) -> Self {
        Self {
            frames: frames.into_iter().collect(),
            sized: true,
        }
    }

    pub(super) fn without_size(self) -> Self {
        Self {
            sized: false,
            ..self
        }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        Poll::Ready(self.frames.pop_front())
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if !self.sized {
            return SizeHint::default();
        }
        let parts = self.frames.iter().flatten().filter_map(Frame::data_ref);
        SizeHint::with_exact(parts.map(|part| part.len() as u64).sum())
    }
}

pub(super) fn data(text: &'static str) -> Result<Frame<Bytes>, Broken> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

pub(super) fn trailers() -> Result<Frame<Bytes>, Broken> {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("7"));
    Ok(Frame::trailers(trailers))
}

pub(super) fn printed(frame: &Frame<Bytes>) -> String {
    match (frame.data_ref(), frame.trailers_ref()) {
        (Some(data), _) => String::from_utf8(data.to_vec()).unwrap(),
        (None, Some(trailers)) => {
            format!("trailers x-sum: {}", trailers["x-sum"].to_str().unwrap())
        }
        (None, None) => "something else".to_owned(),
    }
}

pub(super) async fn all_frames<B>(body: B) -> Vec<String>
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let mut body = pin!(body);
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(printed(&frame.unwrap()));
    }
    frames
}
