//! Where sessions live: the trait, and the guide for those who write a store.
//!
//! A [`Store`] is a small linearizable map with atomic verbs. It knows no OAuth: it never sees a
//! token, a secret, a subject's name or a client; only digests, counters, deadlines and opaque
//! bytes. It never decides whether a presentation is a retry or a theft; it reports what it holds,
//! and the engine judges.
//!
//! # Writing a store
//!
//! * **Atomic.** Each method takes effect at one point between its call and its return, or not at
//!   all. None of them may be a read followed by a write that another caller can come between.
//! * **Idempotent.** Drivers and proxies send commands twice. [`create`](Store::create) of a family
//!   that exists changes nothing; [`advance`](Store::advance) recognises its own attempt; revoking
//!   twice is revoking once; [`consume`](Store::consume) is the exception, and says so.
//! * **One clock.** Every deadline and every age is measured by the clock of the store, never by
//!   the caller's. The age of a rotation is [`PastRotation::age_at`]: one that lies further in the
//!   future than two seconds, because the clock stepped back, is older than any grace.
//! * **Expiry.** A family lives while `now < deadline`. From that instant on it is missing for
//!   every method, whether or not it has been removed. However many have expired and not been
//!   removed, none of them is loaded, listed, advanced, evicted, named as evicted, or counted
//!   towards a limit; only a revocation of many may count them. Removal needs no background job: a
//!   bounded number of expired families goes with each write. Should the clock step back, one that
//!   has not been removed may be found again. An idle time of zero ends a family at the moment of
//!   the write.
//! * **No eviction.** A store never drops a live family, or an id that is consumed, to save space:
//!   reuse would go unnoticed. The only exception is the limit that the caller passes to
//!   [`create`](Store::create).
//! * **Bounded waiting.** A store returns or fails within its own time-out (500 ms unless
//!   configured); the engine has no timer. A failure is a [`StoreError`], which clients see as
//!   `503`, never as `invalid_grant`.
//! * **Cancel safety.** A dropped future leaves the state as before or as after the operation,
//!   never between: all that the operation changes changes at one point, and a lock that is held
//!   across an `.await` does not make one point of two. What was sent before the drop may still
//!   take effect after it, whole, within the time-out. A dropped future leaves nothing behind that
//!   later calls wait for.
//!
//! The feature `contract` brings the suite that checks all of this but the time-outs, which it has
//! no timer for: `reissue::store::contract`.

mod boxed;
#[cfg(feature = "contract")]
pub mod contract;
mod erased;
mod error;
mod id;
mod memory;
mod revision;
mod rotation;
mod verb;

pub use self::boxed::BoxedStore;
pub use self::error::{StoreError, StoreErrorKind};
pub use self::id::{Attempt, OneTimeId, SubjectKey};
pub use self::memory::MemoryStore;
pub use self::revision::Revision;
pub use self::rotation::PastRotation;
pub use self::verb::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, Page, Record, Replace,
    Replaced, Revoke, SessionLimit, WhenFull,
};

pub(crate) use self::erased::ErasedStore;
pub(crate) use crate::sid::Sid;

use std::future::Future;

/// A small linearizable map of families. See the [module](self) for what every method promises.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "use `reissue::store::MemoryStore`, the store of `reissue-redis`, or implement `Store`"
)]
pub trait Store: Send + Sync + 'static {
    /// Records a new family of `create.subject` at generation 0 and [`Revision::ORIGINAL`].
    ///
    /// A family of that `sid` that exists already is left as it is, and the result is
    /// [`Created::Done`]: the command was delivered twice. One that has expired is missing, and a
    /// new one takes its place.
    ///
    /// At the limit, [`WhenFull::EvictOldest`] ends the family with the oldest rotation, the one
    /// with the smallest `sid` among equals, and names it; above a limit that was lowered, as many
    /// as must go. A store may take several creates, of which each removes families, to come down
    /// to a limit that was lowered by more than a thousand; until then expired families may count.
    ///
    /// # Cancel safety
    ///
    /// A dropped create has recorded the family and evicted those that had to go for it, or
    /// neither.
    fn create(&self, create: Create) -> impl Future<Output = Result<Created, StoreError>> + Send;

    /// Moves a family from one generation to another, if generation and revision are still the
    /// expected ones.
    ///
    /// In this order:
    ///
    /// 1. No such family is [`Advanced::Missing`].
    /// 2. An attempt equal to that of the last successful advance is [`Advanced::Done`] without
    ///    effect.
    /// 3. Generation and revision equal to the expected ones is [`Advanced::Done`]. It writes the
    ///    new generation, the attempt, the rotation time and the idle deadline (never past the
    ///    absolute expiry). It adds one to `shared_generations` if there were conflicts and sets it
    ///    to zero if there were none; it sets `conflicts` to zero. It remembers the rotation, and
    ///    those before it that are younger than `advance.history`, at most
    ///    [`PastRotation::MAX_EARLIER`] of them, without a gap.
    /// 4. Anything else is [`Advanced::Conflict`] with the record. If the record's generation is
    ///    above the expected one, this adds one to `conflicts` before; otherwise nothing changes.
    ///
    /// # Cancel safety
    ///
    /// A dropped advance has written all of this, or nothing. Sending the same attempt again is
    /// [`Advanced::Done`] either way, unless somebody else came between.
    fn advance(
        &self,
        advance: Advance,
    ) -> impl Future<Output = Result<Advanced, StoreError>> + Send;

    /// Exchanges the opaque details of a family and its revision, if the revision is still the
    /// expected one. Generation, conflicts, rotations and deadlines stay.
    ///
    /// A record whose revision is `replace.next` already is [`Replaced::Done`] without effect: the
    /// command was delivered twice, or somebody else has made the same change. Any other revision
    /// is a [`Replaced::Conflict`].
    ///
    /// # Cancel safety
    ///
    /// A dropped replacement has exchanged both details and revision, or neither.
    fn replace(
        &self,
        replace: Replace,
    ) -> impl Future<Output = Result<Replaced, StoreError>> + Send;

    /// Returns the record of one family, or `None` if it is missing. Writes nothing.
    fn load(
        &self,
        subject: SubjectKey,
        sid: Sid,
    ) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send;

    /// Returns a page of the live families of a subject, in no particular order, from `cursor` on;
    /// from the start, without. Writes nothing.
    ///
    /// A page holds about `limit` families, which is at least one; a store whose index comes in
    /// lumps may return more or fewer. The listing is complete when a page has no `next`. Each page
    /// is one atomic look. A family that lives from the first page to the last is on at least one
    /// of them, and may be on two; one that is created or revoked meanwhile may be on any or none.
    fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Removes families for good and returns how many. From then on no method finds them.
    ///
    /// With [`Revoke::One`] the number is exact. For many at once it may count families that had
    /// expired and were not yet removed, so that a store need not look at each of them.
    ///
    /// # Cancel safety
    ///
    /// A dropped revocation has removed every family that it names, or none.
    fn revoke(
        &self,
        subject: SubjectKey,
        revoke: Revoke,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Consumes a single-use id: the first caller within the lifetime gets [`Consumed::First`], all
    /// others get [`Consumed::Already`] and change nothing.
    ///
    /// Not idempotent, on purpose: after a failure the caller must treat the id as consumed. The id
    /// is free from the instant at which its lifetime has passed; with a lifetime of zero it never
    /// was consumed.
    ///
    /// # Cancel safety
    ///
    /// A dropped call has consumed the id for its whole lifetime, or not at all.
    fn consume(
        &self,
        consume: Consume,
    ) -> impl Future<Output = Result<Consumed, StoreError>> + Send;

    /// Returns whether a single-use id is consumed now. Writes nothing, and leaves the id to
    /// whoever consumes it.
    ///
    /// One atomic look: once [`consume`](Self::consume) has returned, it is `true` for every caller
    /// until the lifetime has passed by the store's clock, and `false` from then on. A store with
    /// copies looks at the one that it writes to: a copy that lags behind would report a revoked
    /// token as good.
    fn is_consumed(&self, id: OneTimeId) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns what an operator should know about how the store is set up, if it can serve now.
    ///
    /// An error means that it cannot serve. Findings mean that it can, but that something is not as
    /// it should be.
    fn ready(&self) -> impl Future<Output = Result<Vec<Finding>, StoreError>> + Send {
        std::future::ready(Ok(Vec::new()))
    }
}
