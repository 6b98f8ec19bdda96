use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

pin_project! {
    /// A timer for a deadline that moves often, and mostly away. It is reset only when the deadline
    /// comes closer, or when the time that it was set to has passed.
    pub(crate) struct DeadlineTimer {
        #[pin]
        sleep: Sleep,
        set_to: Option<Instant>,
    }
}

impl DeadlineTimer {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            sleep: sleep_until(now),
            set_to: None,
        }
    }

    /// Returns `Ready` once `at` has passed.
    pub(crate) fn poll_until(self: Pin<&mut Self>, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            if this.set_to.is_none_or(|set_to| at < set_to) {
                this.sleep.as_mut().reset(at);
                *this.set_to = Some(at);
            }
            ready!(this.sleep.as_mut().poll(cx));
            *this.set_to = None;
            if at <= Instant::now() {
                return Poll::Ready(());
            }
        }
    }
}
