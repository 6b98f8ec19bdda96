//! The suite that every [`Store`](super::Store) must pass.
//!
//! Implement [`Harness`] for your store. Then [`tests!`] makes a test of each check, or await
//! [`run`] in your own test. A failed check panics with a description. Each check uses a fresh
//! store and does not depend on others.
//!
//! The suite needs no runtime. To test concurrency, it awaits many calls in one task; a store that
//! runs on the caller's thread, like the memory store, also needs tests with threads. To test
//! cancellation, it polls a future a few times, with [`Harness::pause`] between to let a store do
//! its I/O, and drops it.
//!
//! With a clock that the test controls, the suite checks the exact instant of each deadline, and a
//! clock that steps back ([`Harness::step_back`]). With the clock of a server it checks around that
//! instant, and rejects what two readings of the clock exclude.
//!
//! The last check is an oracle: it makes random sequences of calls ([`Harness::seeds`]) and
//! compares what the store returns with what a plain list returns.
//!
//! On a store with a real clock the suite takes about fifteen seconds, in steps of some hundred
//! milliseconds. The harness implements the passing of time: it steps a clock of the test, and
//! sleeps for a server.
//!
//! Not checked are: that a store fails within its time-out, because the suite has no timer; that
//! expired families are removed in the end; and the behaviour at a restart or failover of a server.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
//! use std::time::Duration;
//!
//! use reissue::Timestamp;
//! use reissue::store::MemoryStore;
//! use reissue::store::contract::{self, Harness};
//!
//! struct Memory {
//!     millis: Arc<AtomicU64>,
//! }
//!
//! impl Harness for Memory {
//!     type Store = MemoryStore;
//!
//!     async fn store(&self) -> MemoryStore {
//!         let millis = self.millis.clone();
//!         MemoryStore::with_clock(move || Timestamp::from_millis(millis.load(SeqCst)))
//!     }
//!
//!     async fn pass(&self, time: Duration) {
//!         self.millis.fetch_add(time.as_millis() as u64, SeqCst);
//!     }
//!
//!     async fn now(&self) -> Timestamp {
//!         Timestamp::from_millis(self.millis.load(SeqCst))
//!     }
//!
//!     async fn step_back(&self, time: Duration) -> bool {
//!         self.millis.fetch_sub(time.as_millis() as u64, SeqCst);
//!         true
//!     }
//! }
//!
//! contract::tests!(Memory {
//!     millis: Arc::new(AtomicU64::new(1_700_000_000_000)),
//! });
//! ```

mod advance;
mod cancel;
#[macro_use]
mod checks;
mod clock;
mod consume;
mod create;
mod expiry;
mod fixture;
mod harness;
mod instant;
mod join;
mod limit;
mod many;
mod oracle;
mod race;
mod ready;
mod replace;
mod revoke;
mod run;
mod sessions;
#[macro_use]
mod tests_macro;

pub use self::harness::Harness;
pub use self::run::run;
#[doc(inline)]
pub use __contract_tests as tests;

/// Items for the expansion of [`tests!`].
#[doc(hidden)]
pub mod __private {
    pub use super::run::check;
    pub use super::tests_macro::block_on;
}
