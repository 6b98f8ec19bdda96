//! The outcome of a check: a cell that a thread sets once and a task awaits.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use super::Outcome;

/// A cell for the outcome of a check. Only the first outcome is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply(Arc<Mutex<State>>);

#[derive(Debug)]
enum State {
    Open(Option<Waker>),
    Settled(Outcome),
}

impl Default for State {
    fn default() -> Self {
        Self::Open(None)
    }
}

impl Reply {
    pub(super) fn settle(self, outcome: Outcome) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waker = match &mut *state {
            State::Open(waker) => waker.take(),
            State::Settled(_) => return,
        };
        *state = State::Settled(outcome);
        // Unlocked first: the waker is the application's code and may take the lock.
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits for the outcome. For one task only: the last one that waits is woken.
    pub(super) async fn outcome(&self) -> Outcome {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *state {
                State::Open(waker) => {
                    // Dropping the previous waker runs the application's code too.
                    let before = waker.replace(cx.waker().clone());
                    drop(state);
                    drop(before);
                    Poll::Pending
                }
                State::Settled(outcome) => Poll::Ready(*outcome),
            }
        })
        .await
    }
}
