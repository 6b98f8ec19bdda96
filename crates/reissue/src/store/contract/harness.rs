use std::future::{self, Future};
use std::ops::Range;
use std::task::Poll;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::Store;

/// How the suite gets at a store and at its clock.
///
/// Implement it once for each store. The [module](super) shows one that is complete.
pub trait Harness: Send + Sync {
    /// The store under test.
    type Store: Store;

    /// A store that holds nothing yet. Every check asks for its own; on a shared server, give each
    /// a namespace of its own.
    fn store(&self) -> impl Future<Output = Self::Store> + Send;

    /// Lets at least `time` pass on the clock of the store: steps it, or sleeps. A clock that the
    /// test owns passes exactly `time`, and stands still otherwise: then the suite looks at the
    /// very instant of a deadline, and not only around it.
    fn pass(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// The clock of the store. Ask the server if the store runs on one; the clocks of two machines
    /// differ.
    fn now(&self) -> impl Future<Output = Timestamp> + Send;

    /// Steps the clock of the store back by `time`, and returns whether it could. Only a clock that
    /// the test owns can, one that stands still unless it is stepped. The default cannot; then what
    /// a store does after such a step is not checked.
    fn step_back(&self, time: Duration) -> impl Future<Output = bool> + Send {
        let _ = time;
        future::ready(false)
    }

    /// Lets the store get on with what it was asked, between two polls of a future that will be
    /// dropped. The default returns to the executor once. A store whose runtime needs more to do
    /// its I/O gets it here, for example `tokio::task::yield_now`.
    fn pause(&self) -> impl Future<Output = ()> + Send {
        let mut paused = false;
        future::poll_fn(move |context| {
            if paused {
                return Poll::Ready(());
            }
            paused = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
    }

    /// Returns the seeds of the random sequences of calls. The default are 32, the same in every
    /// run. Return others to look further; a failure names the seed that it came from.
    fn seeds(&self) -> Range<u64> {
        0..32
    }

    /// Called with the name of each check before it begins. The default does nothing.
    fn begin(&self, check: &'static str) {
        let _ = check;
    }
}
