//! The suite that every [`Store`](super::Store) must pass.
//!
//! Implement [`Harness`] for your store, and let [`tests!`] make a test of each check, or await
//! [`run`] in a test of your own. A check panics with what it found; it asks for a fresh store and
//! does not depend on the others.
//!
//! The suite needs no runtime. Where it tests concurrency, it awaits many calls in one task; a
//! store that works on the caller's thread, as the memory store does, needs tests with threads
//! besides. Where it tests cancellation, it polls a future a few times, with [`Harness::pause`]
//! between, and drops it: a store that does I/O gets on with it there.
//!
//! With a clock that the test owns and steps, the suite looks at the very instant of each deadline,
//! and at a clock that steps back ([`Harness::step_back`]). With the clock of a server it looks
//! around the instant, and accepts nothing that two readings of that clock exclude.
//!
//! The last check is an oracle: it makes random sequences of calls ([`Harness::seeds`]) and
//! compares what the store returns with what a plain list returns.
//!
//! On a store with a real clock the suite lets about fifteen seconds pass, in steps of some
//! hundred milliseconds. The harness decides how: a clock that the test owns is stepped, for a
//! server one sleeps.
//!
//! What is not checked: that a store fails within its time-out, since the suite has no timer; that
//! expired families are removed in the end; and what a server does when it restarts or fails over.
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
mod tests;

pub use self::harness::Harness;
pub use self::run::run;
#[doc(inline)]
pub use crate::__contract_tests as tests;

/// What the expansion of [`tests!`] calls.
#[doc(hidden)]
pub mod __private {
    pub use super::run::check;
    pub use super::tests::block_on;
}
