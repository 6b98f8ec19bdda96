//! The suite that every [`Store`](super::Store) must pass.
//!
//! Implement [`Harness`] for your store and await [`run`] in a test, inside the runtime that the
//! store needs. Each check is a function of its own too, for one test per check. A check panics
//! with what it found; it asks for a fresh store and does not depend on the others.
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
//! On a store with a real clock the suite lets about thirteen seconds pass, in steps of some
//! hundred milliseconds. The harness decides how: a clock that the test owns is stepped, for a
//! server one sleeps.
//!
//! What is not checked: that a store fails within its time-out, since the suite has no timer; that
//! expired families are removed in the end; and what a server does when it restarts or fails over.
//!
//! # Example
//!
//! ```
//! use std::pin::pin;
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
//! use std::task::{Context, Poll, Waker};
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
//! // Enough of a runtime for a store that never waits.
//! fn block_on<F: Future>(future: F) -> F::Output {
//!     let mut future = pin!(future);
//!     let mut context = Context::from_waker(Waker::noop());
//!     loop {
//!         if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
//!             return output;
//!         }
//!     }
//! }
//!
//! block_on(contract::run(&Memory {
//!     millis: Arc::new(AtomicU64::new(1_700_000_000_000)),
//! }));
//! ```

mod advance;
mod cancel;
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
mod race;
mod replace;
mod revoke;
mod run;
mod sessions;

pub use self::advance::{
    a_wrong_generation_or_revision_is_a_conflict, an_advance_may_skip_generations,
    an_advance_moves_the_generation_and_forgets_conflicts, an_attempt_takes_effect_once,
    attempts_are_compared_whole, generations_that_are_presented_again_are_counted,
    remembered_rotations_have_ages_of_their_own, the_age_of_a_rotation_is_measured_by_the_store,
    the_count_of_shared_generations_saturates, young_rotations_are_remembered,
};
pub use self::cancel::{
    a_dropped_advance_takes_effect_whole_or_not_at_all,
    a_dropped_consumption_takes_effect_whole_or_not_at_all,
    a_dropped_create_takes_effect_whole_or_not_at_all,
    a_dropped_replacement_takes_effect_whole_or_not_at_all,
    a_dropped_revocation_takes_effect_whole_or_not_at_all, dropped_calls_hold_nothing_up,
};
pub use self::clock::a_clock_that_steps_back_does_not_reopen_grace;
pub use self::consume::{
    a_consumption_that_fails_changes_nothing, a_look_at_an_id_leaves_it_as_it_is,
    a_revocation_consumes_an_id_too, an_id_is_consumed_once_until_its_time_is_up, ids_are_separate,
};
pub use self::create::{
    a_created_family_loads_as_it_was_recorded, creating_twice_is_creating_once,
    the_deadline_is_the_nearer_of_idle_time_and_expiry,
};
pub use self::expiry::{
    a_family_in_use_outlives_its_first_deadline, a_family_without_deadlines_never_expires,
    a_revoked_family_is_missing, an_advance_extends_the_deadline_up_to_the_expiry,
    an_expired_family_is_missing, an_unknown_family_is_missing,
};
pub use self::harness::Harness;
pub use self::instant::{
    a_family_is_missing_from_the_instant_of_its_deadline,
    a_rotation_is_old_from_the_instant_of_its_age,
    an_id_is_free_from_the_instant_when_its_time_is_up, no_time_at_all_is_over_at_once,
};
pub use self::limit::{
    a_full_subject_is_refused_one_more, a_full_subject_makes_room_for_one_more,
    a_lowered_limit_holds_at_the_next_create, expired_families_do_not_count,
    families_of_one_age_go_by_their_sid,
};
pub use self::many::{
    families_and_ids_of_others_stay, many_expired_families_are_not_evicted,
    many_expired_families_are_not_listed, many_expired_families_are_revoked_with_the_others,
    many_expired_families_do_not_count,
};
pub use self::race::{
    concurrent_copies_of_an_advance_are_one, concurrent_creates_never_exceed_the_limit,
    concurrent_creates_of_one_family_are_one, concurrent_evictions_leave_the_limit,
    no_advance_survives_a_revocation, of_concurrent_advances_one_takes_effect,
    of_concurrent_consumptions_one_is_first, of_concurrent_replacements_one_takes_effect,
};
pub use self::replace::{
    a_replacement_changes_details_and_revision_only,
    a_replacement_of_another_revision_is_a_conflict, a_replacement_sent_twice_takes_effect_once,
};
pub use self::revoke::{
    revoking_all_but_one_spares_that_one, revoking_all_ends_every_family,
    revoking_one_family_ends_just_that, revoking_reaches_every_family_of_many,
};
pub use self::run::{a_fresh_store_is_ready, run};
pub use self::sessions::{
    pages_miss_nothing_while_others_go, sessions_come_in_pages_that_miss_nothing,
    sessions_list_what_load_answers, subjects_are_separate,
};
