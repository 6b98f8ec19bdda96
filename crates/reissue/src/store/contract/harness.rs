use std::future::{self, Future};
use std::ops::Range;
use std::task::Poll;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::Store;

/// Access of the suite to a store and its clock.
///
/// Implement it once for each store. The [module](super) has a complete example.
pub trait Harness: Send + Sync {
    /// The store under test.
    type Store: Store;

    /// Returns an empty store. Each check uses its own; on a shared server, give each its own
    /// namespace.
    fn store(&self) -> impl Future<Output = Self::Store> + Send;

    /// Lets at least `time` pass on the clock of the store: steps it, or sleeps. A clock of the
    /// test advances by exactly `time`, and stands still otherwise: then the suite checks the exact
    /// instant of a deadline, and not only around it.
    fn pass(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Returns the time of the store's clock. Read it from the server if the store runs on one,
    /// because the clocks of two machines differ.
    fn now(&self) -> impl Future<Output = Timestamp> + Send;

    /// Steps the clock of the store back by `time`, and returns whether this is possible. Only a
    /// clock of the test that stands still otherwise can do it. The default returns `false`; then
    /// the behaviour after such a step is not checked.
    fn step_back(&self, time: Duration) -> impl Future<Output = bool> + Send {
        let _ = time;
        future::ready(false)
    }

    /// Lets the store do its work between two polls of a future that will be dropped. The default
    /// returns to the executor once. Implement it if the runtime of the store needs more to do its
    /// I/O, for example with `tokio::task::yield_now`.
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

    /// Returns the seeds of the random sequences of calls. The default are 32 seeds, the same in
    /// every run. Return others to explore further; a failure names its seed.
    fn seeds(&self) -> Range<u64> {
        0..32
    }

    /// Called with the name of each check before it begins. The default does nothing.
    fn begin(&self, check: &'static str) {
        let _ = check;
    }
}
