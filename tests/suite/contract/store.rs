//! A store as small as can be, with a switch for each defect.

use std::future;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, StoreErrorKind, SubjectKey, WhenFull,
};
use reissue::{Clock, Sid, Timestamp};
use reissue_tests::ManualClock;

use super::defect::Defect;
use super::page::page;
use super::state::State;

/// Waits before and after the one step in which a method takes effect, as a store behind a network
/// does.
pub(crate) struct SmallStore {
    state: Arc<Mutex<State>>,
    clock: ManualClock,
    moves: bool,
    defect: Option<Defect>,
}

impl SmallStore {
    /// An empty store; with a clock that `moves`, some of its steps take a millisecond.
    pub(crate) fn new(clock: ManualClock, moves: bool, defect: Option<Defect>) -> Self {
        Self {
            state: Arc::new(Mutex::new(State::new(defect))),
            clock,
            moves,
            defect,
        }
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// One atomic step.
    pub(crate) fn step<R>(&self, work: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.moves {
            self.clock.advance(Duration::from_millis(1));
        }
        work(&mut state, self.clock.now())
    }

    /// Waits, takes the one step, and waits.
    async fn call<R>(
        &self,
        work: impl FnOnce(&mut State, Timestamp) -> R,
    ) -> Result<R, StoreError> {
        let leaks = self.has(Defect::DroppedCallsKeepTheirPlace);
        let under_way = self.step(|state, _| {
            state.under_way += usize::from(leaks);
            state.under_way
        });
        if under_way > 100 {
            return Err(StoreError::new(StoreErrorKind::Timeout));
        }
        pause().await;
        let response = self.step(work);
        pause().await;
        self.step(|state, _| state.under_way -= usize::from(leaks));
        Ok(response)
    }

    /// Keeps out others that lock, until the guard or the future that holds it is dropped.
    pub(crate) async fn lock(&self) -> Lock {
        while self.step(|state, _| std::mem::replace(&mut state.is_locked, true)) {
            pause().await;
        }
        Lock(Arc::clone(&self.state))
    }
}

impl Store for SmallStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let evicts = create
            .limit
            .is_some_and(|limit| limit.when_full == WhenFull::EvictOldest);
        let apart = match self.defect {
            Some(Defect::CreateCountsApart) => !evicts,
            Some(Defect::CreateEvictsApart | Defect::CreateIsTwoTransactions) => evicts,
            _ => false,
        };
        let exists = |state: &mut State, now| state.live(create.subject, create.sid, now).is_some();
        if !apart || self.step(exists) {
            return self.call(|state, now| state.create(&create, now)).await;
        }
        let _lock = match self.has(Defect::CreateIsTwoTransactions) {
            true => Some(self.lock().await),
            false => None,
        };
        let Some(evicted) = self.step(|state, now| state.make_room(&create, now)) else {
            return Ok(Created::Full);
        };
        pause().await;
        self.step(|state, now| state.insert(&create, now));
        Ok(Created::Done { evicted })
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        match self.defect {
            Some(Defect::AdvanceReadsThenWrites) => Ok(self.advance_unchecked(&advance).await),
            Some(Defect::AdvanceBringsBackTheRevoked) => Ok(self.advance_or_insert(&advance).await),
            Some(Defect::AdvanceComparesAttemptsApart) => {
                Ok(self.advance_after_a_look(&advance).await)
            }
            Some(Defect::AdvanceIsTwoTransactions | Defect::AdvanceWritesTheAttemptLater) => {
                Ok(self.advance_under_a_lock(&advance).await)
            }
            _ => self.call(|state, now| state.advance(&advance, now)).await,
        }
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        let key = (replace.subject, replace.sid);
        if self.has(Defect::ReplaceReadsThenWrites) {
            let mut copy = State::new(None);
            self.step(|state, _| copy.families.clone_from(&state.families));
            let replaced = self.step(|_, now| copy.replace(&replace, now));
            pause().await;
            if let Some(family) = copy.families.remove(&key) {
                self.step(|state, _| state.families.insert(key, family));
            }
            return Ok(replaced);
        }
        if self.has(Defect::ReplaceIsTwoTransactions) {
            let _lock = self.lock().await;
            let is_expected = |state: &mut State, now| {
                let family = state.live(replace.subject, replace.sid, now);
                family.is_some_and(|family| family.revision == replace.revision)
            };
            if self.step(is_expected) {
                self.step(|state, _| {
                    if let Some(family) = state.families.get_mut(&key) {
                        family.details = replace.details.clone();
                    }
                });
                pause().await;
            }
            return Ok(self.step(|state, now| state.replace(&replace, now)));
        }
        self.call(|state, now| state.replace(&replace, now)).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.call(|state, now| {
            if state.has(Defect::LoadsExtendTheDeadline) {
                state.extend(subject, now);
            }
            let family = state.live(subject, sid, now)?;
            Some(state.record(family, now))
        })
        .await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.call(|state, now| page(state, subject, cursor, limit, now))
            .await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        if !self.has(Defect::RevokeIsManyTransactions) {
            return self
                .call(|state, now| state.revoke(subject, revoke, now))
                .await;
        }
        let _lock = self.lock().await;
        let mut revoked = 0;
        for sid in self.step(|state, now| state.named(subject, revoke, now)) {
            revoked += self.step(|state, now| state.revoke(subject, Revoke::One(sid), now));
            pause().await;
        }
        Ok(revoked)
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        if self.has(Defect::ConsumeReadsThenWrites) {
            if self.step(|state, now| state.is_consumed(consume.id, now)) {
                return Ok(Consumed::Already);
            }
            pause().await;
            self.step(|state, now| state.consume(&consume, now));
            return Ok(Consumed::First);
        }
        if self.has(Defect::ConsumeIsTwoTransactions) {
            let _lock = self.lock().await;
            if self.step(|state, now| state.is_consumed(consume.id, now)) {
                return Ok(Consumed::Already);
            }
            self.step(|state, _| state.ids.insert(consume.id, None));
            pause().await;
            self.step(|state, now| {
                state.ids.insert(consume.id, Some(now + consume.lifetime));
            });
            return Ok(Consumed::First);
        }
        self.call(|state, now| state.consume(&consume, now)).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.call(|state, now| {
            let is_consumed = state.is_consumed(id, now);
            if state.has(Defect::LooksConsume) {
                state.ids.entry(id).or_insert(None);
            }
            is_consumed
        })
        .await
    }

    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        if self.has(Defect::IsNotReady) {
            return Err(StoreError::new(StoreErrorKind::Unavailable));
        }
        self.call(|_, _| Vec::new()).await
    }
}

pub(crate) struct Lock(Arc<Mutex<State>>);

impl Drop for Lock {
    fn drop(&mut self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_locked = false;
    }
}

/// Is ready when it is polled again.
pub(crate) async fn pause() {
    let mut paused = false;
    future::poll_fn(|context| match std::mem::replace(&mut paused, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}
