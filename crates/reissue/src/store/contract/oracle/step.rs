//! What the random sequences consist of: few subjects, families and ids, so that they meet.

use std::time::Duration;

use bytes::Bytes;

use super::random::Random;
use crate::clock::Timestamp;
use crate::store::contract::fixture::{one_time_id, subject};
use crate::store::{
    Advance, Attempt, Consume, Create, OneTimeId, Replace, Revision, Revoke, SessionLimit, Sid,
    SubjectKey, WhenFull,
};

/// One call of the store, or what happens to its clock.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Advance(Advance),
    Consume(Consume),
    /// The expiry is that of a sequence that begins at [`EPOCH`].
    Create(Create),
    IsConsumed(OneTimeId),
    Load(SubjectKey, Sid),
    Pass(Duration),
    Replace(Replace),
    Revoke(SubjectKey, Revoke),
    /// Lists the sessions in pages of this size.
    Sessions(SubjectKey, usize),
    SetBack(Duration),
}

/// When the sequences begin, as far as [`Step::Create`] is concerned.
pub(super) const EPOCH: Timestamp = Timestamp::from_secs(1_000_000_000);

/// Makes the steps of one seed.
pub(super) struct Steps {
    random: Random,
    unit: Duration,
    clock_is_owned: bool,
}

impl Steps {
    /// All times are multiples of `unit`. Time passes only if the clock is that of the test.
    pub(super) fn new(seed: u64, unit: Duration, clock_is_owned: bool) -> Self {
        Self {
            random: Random::new(seed),
            unit,
            clock_is_owned,
        }
    }

    pub(super) fn generate(mut self) -> Vec<Step> {
        let length = 1 + self.random.below(MOST_STEPS);
        (0..length).map(|_| self.step()).collect()
    }

    fn step(&mut self) -> Step {
        let kinds = if self.clock_is_owned { 32 } else { 26 };
        match self.random.below(kinds) {
            0..6 => Step::Create(self.create()),
            6..14 => Step::Advance(self.advance()),
            14..16 => Step::Replace(self.replace()),
            16..19 => Step::Load(self.subject(), self.sid()),
            19..21 => Step::Sessions(self.subject(), 1 + self.random.below(6) as usize),
            21 => Step::Revoke(self.subject(), self.revoke()),
            22..24 => Step::IsConsumed(self.id()),
            24..26 => Step::Consume(self.consume()),
            26..31 => Step::Pass(self.time(40)),
            _ => Step::SetBack(self.time(60)),
        }
    }

    fn create(&mut self) -> Create {
        Create {
            subject: self.subject(),
            sid: self.sid(),
            idle: self.idle(),
            expires_at: self.expiry(),
            details: self.details(),
            limit: self.limit(),
        }
    }

    fn advance(&mut self) -> Advance {
        let from = self.random.below(12);
        Advance {
            subject: self.subject(),
            sid: self.sid(),
            from,
            to: from + self.random.pick([1, 1, 1, 1, 1, 1, 1, 1, 2, 3]),
            revision: self.revision(),
            attempt: Attempt::from_bytes([self.random.below(16) as u8; 8]),
            history: match self.random.below(2) {
                0 => Duration::ZERO,
                _ => self.time(80),
            },
            idle: self.idle(),
        }
    }

    fn replace(&mut self) -> Replace {
        let (revision, details) = (self.revision(), self.details());
        Replace {
            subject: self.subject(),
            sid: self.sid(),
            revision,
            next: revision.next(&details),
            details,
        }
    }

    fn revoke(&mut self) -> Revoke {
        match self.random.below(3) {
            0 => Revoke::All,
            1 => Revoke::AllBut(self.sid()),
            _ => Revoke::One(self.sid()),
        }
    }

    fn consume(&mut self) -> Consume {
        Consume {
            id: self.id(),
            lifetime: self.time(60),
            is_revocation: self.random.pick([false, true]),
        }
    }

    fn subject(&mut self) -> SubjectKey {
        subject(self.random.pick(["alice", "bob"]))
    }

    fn sid(&mut self) -> Sid {
        Sid::from_bytes([self.random.pick([0, 1, 2, 3, 4, 0xff]); 16])
    }

    fn id(&mut self) -> OneTimeId {
        one_time_id("code", &[self.random.below(3) as u8])
    }

    /// That of the details that a family begins with, mostly, and one of two that follow it.
    fn revision(&mut self) -> Revision {
        let original = Revision::ORIGINAL;
        match self.random.below(6) {
            0 => original.next(&[]),
            1 => original.next(&[0]),
            _ => original,
        }
    }

    /// Of a length that a store may keep one way, and of one that it may keep another way.
    fn details(&mut self) -> Bytes {
        let length = self.random.pick([0, 1, 2, 100]);
        vec![self.random.below(2) as u8; length].into()
    }

    fn idle(&mut self) -> Option<Duration> {
        match self.random.below(5) {
            0 => None,
            _ => Some(self.time(120)),
        }
    }

    fn expiry(&mut self) -> Option<Timestamp> {
        match self.random.below(14) {
            0..7 => None,
            7 => Some(Timestamp::default()),
            _ => Some(EPOCH + self.time(300)),
        }
    }

    fn limit(&mut self) -> Option<SessionLimit> {
        match self.random.below(2) {
            0 => None,
            _ => Some(SessionLimit {
                max: 1 + self.random.below(4) as u32,
                when_full: self.random.pick([WhenFull::EvictOldest, WhenFull::Refuse]),
            }),
        }
    }

    fn time(&mut self, end: u64) -> Duration {
        self.unit * self.random.below(end) as u32
    }
}

const MOST_STEPS: u64 = 120;
