//! The suite on one store, until it panics.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use reissue::store::contract;
use reissue::{Clock, Timestamp};
use reissue_tests::ManualClock;

use super::defect::Defect;
use super::store::SmallStore;

/// Gives each check a store with the same defect, or with none, on one clock.
pub(crate) struct Harness {
    defect: Option<Defect>,
    clock: ManualClock,
    moves: bool,
    check: Mutex<Option<&'static str>>,
}

impl Harness {
    pub(crate) fn sound() -> Self {
        Self {
            defect: None,
            clock: ManualClock::default(),
            moves: false,
            check: Mutex::default(),
        }
    }

    pub(crate) fn with(defect: Defect) -> Self {
        Self {
            defect: Some(defect),
            ..Self::sound()
        }
    }

    /// A clock like that of a server: it goes on while it is looked at, and cannot be stepped.
    pub(crate) fn with_moving_clock() -> Self {
        Self {
            moves: true,
            ..Self::sound()
        }
    }
}

impl contract::Harness for Harness {
    type Store = SmallStore;

    async fn store(&self) -> SmallStore {
        SmallStore::new(self.clock.clone(), self.moves, self.defect)
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    async fn now(&self) -> Timestamp {
        if self.moves {
            self.clock.advance(Duration::from_millis(1));
        }
        self.clock.now()
    }

    async fn step_back(&self, time: Duration) -> bool {
        if !self.moves {
            self.clock.step_back(time);
        }
        !self.moves
    }

    /// More than the default: a defect must be found whatever the sequences happen to be.
    fn seeds(&self) -> Range<u64> {
        0..8192
    }

    fn begin(&self, check: &'static str) {
        *self.check.lock().unwrap_or_else(PoisonError::into_inner) = Some(check);
    }
}

/// Runs the suite and returns the check in which it panicked.
pub(crate) fn first_check_that_fails(harness: &Harness) -> Option<&'static str> {
    let run = catch_unwind(AssertUnwindSafe(|| block_on(contract::run(harness))));
    let check = *harness.check.lock().unwrap_or_else(PoisonError::into_inner);
    run.err().and(check)
}

/// Enough of a runtime for a store that is always ready soon.
fn block_on<F>(future: F) -> F::Output
where
    F: Future,
{
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
