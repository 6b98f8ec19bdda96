//! The common start of most checks: one subject, families that live long enough, and results
//! without errors.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use super::Harness;
use crate::clock::Timestamp;
use crate::store::{
    Advance, Advanced, Attempt, Consume, Consumed, Create, Created, OneTimeId, PastRotation,
    Record, Replace, Replaced, Revision, Revoke, SessionLimit, Sid, Store, SubjectKey, WhenFull,
};

/// Longer than any check takes.
pub(super) const LONG: Duration = Duration::from_secs(3_600);

/// Short enough to wait for.
pub(super) const SHORT: Duration = Duration::from_millis(300);

/// Enough for [`SHORT`] to be over, even on a server with coarse timers.
pub(super) const MORE_THAN_SHORT: Duration = Duration::from_millis(500);

/// The smallest step of a clock in milliseconds.
pub(super) const TICK: Duration = Duration::from_millis(1);

/// One subject of a fresh store.
pub(super) struct Fixture<S> {
    pub(super) store: S,
    pub(super) subject: SubjectKey,
}

impl<S> Fixture<S>
where
    S: Store,
{
    pub(super) async fn new(harness: &impl Harness<Store = S>) -> Self {
        Self {
            store: harness.store().await,
            subject: subject("alice"),
        }
    }

    /// A family of the subject with long deadlines and nothing special.
    pub(super) fn family(&self, sid: Sid) -> Create {
        Create {
            subject: self.subject,
            sid,
            idle: Some(LONG),
            expires_at: None,
            details: Bytes::from_static(b"details"),
            limit: None,
        }
    }

    /// The next generation after `from` of a family that was never replaced.
    pub(super) fn rotation(&self, sid: Sid, from: u64, attempt: u8) -> Advance {
        Advance {
            subject: self.subject,
            sid,
            from,
            to: from + 1,
            revision: Revision::ORIGINAL,
            attempt: Attempt::from_bytes([attempt; 8]),
            history: LONG,
            idle: Some(LONG),
        }
    }

    pub(super) fn replacement(
        &self,
        sid: Sid,
        revision: Revision,
        details: impl Into<Bytes>,
    ) -> Replace {
        let details = details.into();
        Replace {
            subject: self.subject,
            sid,
            revision,
            next: revision.next(&details),
            details,
        }
    }

    pub(super) async fn create(&self, create: Create) -> Created {
        self.store.create(create).await.expect(SERVES)
    }

    /// Creates a family where nothing can be in its way.
    pub(super) async fn given(&self, create: Create) {
        assert_eq!(self.create(create).await, done(), "a plain create");
    }

    pub(super) async fn advance(&self, advance: Advance) -> Advanced {
        self.store.advance(advance).await.expect(SERVES)
    }

    pub(super) async fn replace(&self, replace: Replace) -> Replaced {
        self.store.replace(replace).await.expect(SERVES)
    }

    pub(super) async fn load(&self, sid: Sid) -> Option<Record> {
        self.store.load(self.subject, sid).await.expect(SERVES)
    }

    /// The record of a family that must be there.
    pub(super) async fn record(&self, sid: Sid) -> Record {
        self.load(sid).await.expect("the family is live")
    }

    /// Returns all live families in ascending order of `sid`, read in pages of `limit`.
    pub(super) async fn listed(&self, limit: usize) -> Vec<(Sid, Record)> {
        let mut listed = BTreeMap::new();
        let mut cursor = None;
        for _ in 0..PAGES {
            let page = self.store.sessions(self.subject, cursor, limit).await;
            let page = page.expect(SERVES);
            listed.extend(page.families);
            cursor = page.next;
            if cursor.is_none() {
                return listed.into_iter().collect();
            }
        }
        panic!("{PAGES} pages, and no end");
    }

    pub(super) async fn sids(&self) -> Vec<Sid> {
        let listed = self.listed(1_000).await;
        listed.into_iter().map(|(sid, _)| sid).collect()
    }

    pub(super) async fn revoke(&self, revoke: Revoke) -> u64 {
        let revoked = self.store.revoke(self.subject, revoke).await;
        revoked.expect(SERVES)
    }

    pub(super) async fn consume(&self, id: OneTimeId, lifetime: Duration) -> Consumed {
        let consume = Consume {
            id,
            lifetime,
            is_revocation: false,
        };
        self.store.consume(consume).await.expect(SERVES)
    }

    pub(super) async fn is_consumed(&self, id: OneTimeId) -> bool {
        self.store.is_consumed(id).await.expect(SERVES)
    }
}

pub(super) fn subject(name: &str) -> SubjectKey {
    SubjectKey::derive(ISSUER, name)
}

pub(super) fn one_time_id(purpose: &str, value: &[u8]) -> OneTimeId {
    OneTimeId::derive(ISSUER, purpose, value)
}

/// Sids in the order of their numbers.
pub(super) fn sid(number: u8) -> Sid {
    let mut bytes = [0xa5; 16];
    bytes[0] = number;
    Sid::from_bytes(bytes)
}

/// As many sids as needed, in the order of their numbers.
pub(super) fn nth(number: usize) -> Sid {
    let mut bytes = [0x5a; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Sid::from_bytes(bytes)
}

/// The record without the ages of its rotations, which grow while a check looks.
pub(super) fn ageless(record: Record) -> Record {
    let ageless = |rotation: PastRotation| PastRotation {
        age: Duration::ZERO,
        ..rotation
    };
    Record {
        last_rotation: record.last_rotation.map(ageless),
        earlier_rotations: record.earlier_rotations.into_iter().map(ageless).collect(),
        ..record
    }
}

pub(super) fn done() -> Created {
    Created::Done {
        evicted: Vec::new(),
    }
}

pub(super) fn at_most(max: u32, when_full: WhenFull) -> Option<SessionLimit> {
    Some(SessionLimit { max, when_full })
}

pub(super) fn assert_between(before: Timestamp, moment: Timestamp, after: Timestamp, what: &str) {
    assert!(
        before <= moment && moment <= after,
        "{what} is {moment:?}, which is not between {before:?} and {after:?}"
    );
}

const ISSUER: &str = "https://contract.example";

pub(super) const SERVES: &str = "the store serves";

/// More pages than the largest subject has families.
const PAGES: usize = 1_000;
