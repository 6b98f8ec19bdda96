//! Where the outcome of a check goes: a cell that is set once, by a thread, and awaited by a task.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use super::Outcome;

/// Where the outcome of a check goes. The first one counts.
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
        // The waker is the application's code: it may want the lock.
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits for the outcome. By one task: the last one to wait is woken.
    pub(super) async fn outcome(&self) -> Outcome {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *state {
                State::Open(waker) => {
                    // Dropping the waker of another poll is the application's code, too.
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
