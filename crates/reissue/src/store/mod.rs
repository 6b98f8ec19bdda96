//! The session store: the trait, the memory store, and a guide to writing a store.
//!
//! A [`Store`] is a small linearizable map with atomic verbs. It contains no OAuth logic, and gets
//! no token, secret, subject name or client: only digests, counters, deadlines and opaque bytes. It
//! does not decide whether a presentation is a retry or a theft; it returns its record, and the
//! engine decides.
//!
//! # Writing a store
//!
//! * **Atomic.** Each method takes effect at one point between its call and its return, or not at
//!   all. None of them may be a read followed by a write that another caller can come between.
//! * **Idempotent.** Drivers and proxies send commands twice. [`create`](Store::create) of a family
//!   that exists changes nothing; [`advance`](Store::advance) recognises its own attempt; revoking
//!   twice is revoking once; [`consume`](Store::consume) is the exception.
//! * **One clock.** Every deadline and every age is measured by the clock of the store, never by
//!   the caller's. The age of a rotation is [`PastRotation::age_at`]: one that lies further in the
//!   future than two seconds, because the clock stepped back, is older than any grace.
//! * **Expiry.** A family lives while `now < deadline`. From that instant on it is missing for
//!   every method, whether or not it has been removed. An expired family is never loaded, listed,
//!   advanced, evicted, returned as evicted, or counted towards a limit; only a revocation of many
//!   may count it. Removal needs no background job: each write removes a bounded number of expired
//!   families. If the clock steps back, one that has not been removed may be found again. An idle
//!   time of zero ends a family at the moment of the write.
//! * **No eviction.** A store never drops a live family or a consumed id to save space: reuse would
//!   not be detected. The only exception is the limit that the caller passes to
//!   [`create`](Store::create).
//! * **Bounded waiting.** A store returns or fails within its own time-out (500 ms unless
//!   configured); the engine has no timer. A failure is a [`StoreError`], which clients see as
//!   `503`, never as `invalid_grant`.
//! * **Cancel safety.** A dropped future leaves the state as before or as after the operation,
//!   never between. All changes of an operation happen at one point; a lock that is held across an
//!   `.await` does not achieve this. A command that was sent before the drop may still take effect
//!   after it, as a whole, within the time-out. A dropped future leaves nothing behind that later
//!   calls wait for.
//!
//! A store may also implement [`Transfer`](transfer::Transfer), so that its content can be moved to
//! another store and back.
//!
//! The suite `reissue::store::contract`, behind the feature `contract`, checks all of this except
//! the time-outs, for which it has no timer.

mod boxed;
#[cfg(feature = "contract")]
pub mod contract;
mod erased;
mod error;
mod id;
mod memory;
mod revision;
mod rotation;
pub mod transfer;
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

/// A small linearizable map of families. The [module](self) describes the requirements for all
/// methods.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "use `reissue::store::MemoryStore`, the store of `reissue-redis`, or implement `Store`"
)]
pub trait Store: Send + Sync + 'static {
    /// Records a new family of `create.subject` at generation 0 and [`Revision::ORIGINAL`].
    ///
    /// If a family of this `sid` exists, it is not changed, and the result is [`Created::Done`]:
    /// the command was delivered twice. An expired one counts as missing, and a new one takes its
    /// place.
    ///
    /// At the limit, [`WhenFull::EvictOldest`] ends the family with the oldest rotation (the
    /// smallest `sid` among equals) and returns its `sid`. If the limit was lowered, it ends as
    /// many as necessary. A store may need several creates to come down to a limit that was lowered
    /// by more than a thousand; until then expired families may count.
    ///
    /// # Cancel safety
    ///
    /// A dropped create has recorded the family and evicted others for it, or neither.
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
    /// [`Advanced::Done`] either way, unless another advance came between.
    fn advance(
        &self,
        advance: Advance,
    ) -> impl Future<Output = Result<Advanced, StoreError>> + Send;

    /// Exchanges the opaque details of a family and its revision, if the revision is still the
    /// expected one. Generation, conflicts, rotations and deadlines stay.
    ///
    /// A record whose revision is `replace.next` already is [`Replaced::Done`] without effect: the
    /// command was delivered twice, or another caller has made the same change. Any other revision
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

    /// Returns a page of the live families of a subject, in no particular order, from `cursor` on,
    /// or from the start without one. Writes nothing.
    ///
    /// A page holds about `limit` families, which is at least one; a store whose index has larger
    /// units may return more or fewer. The listing is complete when a page has no `next`. Each page
    /// is one atomic read. A family that lives from the first page to the last is on at least one
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
    /// is free again from the instant at which its lifetime has passed; with a lifetime of zero it
    /// is not consumed at all.
    ///
    /// # Cancel safety
    ///
    /// A dropped call has consumed the id for its whole lifetime, or not at all.
    fn consume(
        &self,
        consume: Consume,
    ) -> impl Future<Output = Result<Consumed, StoreError>> + Send;

    /// Returns whether a single-use id is consumed now. Writes nothing, so the id can still be
    /// consumed.
    ///
    /// This is one atomic read: once [`consume`](Self::consume) has returned, it is `true` for
    /// every caller until the lifetime has passed by the store's clock, and `false` from then on. A
    /// store with replicas reads from the one that it writes to: a replica that lags behind would
    /// report a revoked token as valid.
    fn is_consumed(&self, id: OneTimeId) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns findings about the configuration of the store, if it can serve now.
    ///
    /// An error means that it cannot serve. A finding is a problem that does not prevent serving.
    fn ready(&self) -> impl Future<Output = Result<Vec<Finding>, StoreError>> + Send {
        std::future::ready(Ok(Vec::new()))
    }
}
