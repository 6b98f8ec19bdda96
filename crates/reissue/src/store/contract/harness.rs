use std::future::Future;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::Store;

/// How the suite gets at a store and at its clock.
///
/// Implement it once for each store. The [module](super) shows one that is complete.
pub trait Harness: Send + Sync {
    /// The store under test.
    type Store: Store;

    /// A store that holds nothing yet. Every check asks for its own; on a shared server, give each a namespace of its
    /// own.
    fn store(&self) -> impl Future<Output = Self::Store> + Send;

    /// Lets at least `time` pass on the clock of the store: steps it, or sleeps.
    fn pass(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// The clock of the store. Ask the server if the store runs on one; the clocks of two machines differ.
    fn now(&self) -> impl Future<Output = Timestamp> + Send;
}
