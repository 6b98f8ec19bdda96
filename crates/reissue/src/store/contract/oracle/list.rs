//! A store as a list of rows that is searched from end to end: the contract in as little code as
//! can be.
//!
//! It shares no code with any store, nor with [`PastRotation::age_at`].

use std::time::Duration;

use bytes::Bytes;

use crate::clock::Timestamp;
use crate::store::{
    Advance, Advanced, Attempt, Consume, Consumed, Create, Created, OneTimeId, PastRotation,
    Record, Replace, Replaced, Revision, Revoke, Sid, SubjectKey, WhenFull,
};

/// The expected state of the store.
pub(super) struct List {
    rows: Vec<Row>,
    one_time_ids: Vec<(OneTimeId, u64)>,
    now: u64,
    /// The latest that the clock ever showed.
    latest: u64,
}

struct Row {
    subject: SubjectKey,
    sid: Sid,
    generation: u64,
    revision: Revision,
    conflicts: u32,
    shared_generations: u8,
    /// Which generation each superseded, and when; newest first.
    rotations: Vec<(u64, u64)>,
    created_at: u64,
    rotated_at: u64,
    expires_at: Option<u64>,
    deadline: Option<u64>,
    attempt: Option<Attempt>,
    details: Bytes,
}

impl List {
    pub(super) fn at(now: Timestamp) -> Self {
        let now = now.as_millis();
        Self {
            rows: Vec::new(),
            one_time_ids: Vec::new(),
            now,
            latest: now,
        }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now += millis(time);
        self.latest = self.latest.max(self.now);
    }

    /// Steps the clock back, and returns the families that had expired and come back to life
    /// thereby. A store may have removed them: it depends on the store which of them are there.
    pub(super) fn step_back(&mut self, time: Duration) -> Vec<(SubjectKey, Sid)> {
        let before = self.now;
        self.now -= millis(time);
        let is_revived = |row: &&Row| {
            row.deadline
                .is_some_and(|deadline| deadline <= before && self.now < deadline)
        };
        let revived = self.rows.iter().filter(is_revived);
        revived.map(|row| (row.subject, row.sid)).collect()
    }

    fn live(&self, subject: SubjectKey) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.subject == subject && row.deadline.is_none_or(|d| self.now < d))
            .collect();
        rows.sort_by_key(|row| row.sid);
        rows
    }

    fn find(&mut self, subject: SubjectKey, sid: Sid) -> Option<&mut Row> {
        let now = self.now;
        self.rows.iter_mut().find(|row| {
            row.subject == subject && row.sid == sid && row.deadline.is_none_or(|d| now < d)
        })
    }

    pub(super) fn remove(&mut self, subject: SubjectKey, sids: &[Sid]) {
        self.rows
            .retain(|row| row.subject != subject || !sids.contains(&row.sid));
    }

    pub(super) fn create(&mut self, create: &Create) -> Created {
        let mut evicted = Vec::new();
        if self.find(create.subject, create.sid).is_some() {
            return Created::Done { evicted };
        }
        if let Some(limit) = create.limit {
            let mut live: Vec<(u64, Sid)> = self
                .live(create.subject)
                .iter()
                .map(|row| (row.rotated_at, row.sid))
                .collect();
            live.sort();
            while live.len() >= limit.max as usize {
                if limit.when_full == WhenFull::Refuse {
                    return Created::Full;
                }
                evicted.push(live.remove(0).1);
            }
        }
        self.remove(create.subject, &evicted);
        self.remove(create.subject, &[create.sid]);
        let expires_at = create.expires_at.map(Timestamp::as_millis);
        self.rows.push(Row {
            subject: create.subject,
            sid: create.sid,
            generation: 0,
            revision: Revision::ORIGINAL,
            conflicts: 0,
            shared_generations: 0,
            rotations: Vec::new(),
            created_at: self.now,
            rotated_at: self.now,
            expires_at,
            deadline: deadline(self.now, create.idle, expires_at),
            attempt: None,
            details: create.details.clone(),
        });
        Created::Done { evicted }
    }

    pub(super) fn advance(&mut self, advance: &Advance) -> Advanced {
        let now = self.now;
        let Some(row) = self.find(advance.subject, advance.sid) else {
            return Advanced::Missing;
        };
        if row.attempt == Some(advance.attempt) {
            return Advanced::Done;
        }
        if (row.generation, row.revision) != (advance.from, advance.revision) {
            row.conflicts += u32::from(advance.from < row.generation);
            return Advanced::Conflict(record(row, now));
        }
        row.generation = advance.to;
        row.attempt = Some(advance.attempt);
        row.rotated_at = now;
        let is_old = |at: u64| age(now, at) >= advance.history;
        let kept = row
            .rotations
            .iter()
            .take_while(|(_, at)| !is_old(*at))
            .count();
        row.rotations.truncate(kept.min(7));
        row.rotations.insert(0, (advance.from, now));
        row.shared_generations = if row.conflicts > 0 {
            row.shared_generations + 1
        } else {
            0
        };
        row.conflicts = 0;
        row.deadline = deadline(now, advance.idle, row.expires_at);
        Advanced::Done
    }

    pub(super) fn replace(&mut self, replace: &Replace) -> Replaced {
        let now = self.now;
        let Some(row) = self.find(replace.subject, replace.sid) else {
            return Replaced::Missing;
        };
        if row.revision == replace.revision {
            row.revision = replace.next;
            row.details = replace.details.clone();
            Replaced::Done
        } else if row.revision == replace.next {
            Replaced::Done
        } else {
            Replaced::Conflict(record(row, now))
        }
    }

    pub(super) fn load(&mut self, subject: SubjectKey, sid: Sid) -> Option<Record> {
        let now = self.now;
        self.find(subject, sid).map(|row| record(row, now))
    }

    pub(super) fn sessions(&self, subject: SubjectKey) -> Vec<(Sid, Record)> {
        let live = self.live(subject).into_iter();
        live.map(|row| (row.sid, record(row, self.now))).collect()
    }

    /// Returns how many live families are revoked, and how many expired ones a store may count with
    /// them.
    pub(super) fn revoke(&mut self, subject: SubjectKey, revoke: Revoke) -> (u64, u64) {
        let is_named = |row: &Row| {
            row.subject == subject
                && match revoke {
                    Revoke::All => true,
                    Revoke::AllBut(kept) => row.sid != kept,
                    Revoke::One(one) => row.sid == one,
                }
        };
        let (now, all) = (self.now, self.rows.len());
        self.rows
            .retain(|row| !is_named(row) || row.deadline.is_some_and(|deadline| deadline <= now));
        let expired = match revoke {
            Revoke::One(_) => 0,
            _ => self.rows.iter().filter(|row| is_named(row)).count(),
        };
        ((all - self.rows.len()) as u64, expired as u64)
    }

    /// Returns whether the id is consumed. `None` if the clock stepped back to before the end of a
    /// lifetime that was over: the store may have removed the id meanwhile.
    pub(super) fn is_consumed(&self, id: OneTimeId) -> Option<bool> {
        let held = self.one_time_ids.iter().find(|(held, _)| *held == id);
        match held {
            Some((_, expiry)) if self.now < *expiry && *expiry <= self.latest => None,
            Some((_, expiry)) => Some(self.now < *expiry),
            None => Some(false),
        }
    }

    /// Returns what the store has to return. Where that is not known, it is what the store
    /// `returned`.
    pub(super) fn consume(&mut self, consume: Consume, returned: Consumed) -> Consumed {
        let expected = match self.is_consumed(consume.id) {
            Some(true) => Consumed::Already,
            Some(false) => Consumed::First,
            None => returned,
        };
        if expected == Consumed::First {
            let expiry = self.now + millis(consume.lifetime);
            self.one_time_ids.retain(|(held, _)| *held != consume.id);
            self.one_time_ids.push((consume.id, expiry));
        }
        expected
    }
}

fn record(row: &Row, now: u64) -> Record {
    let mut rotations = row.rotations.iter().map(|(from, at)| PastRotation {
        from: *from,
        age: age(now, *at),
    });
    Record {
        generation: row.generation,
        revision: row.revision,
        conflicts: row.conflicts,
        shared_generations: row.shared_generations,
        created_at: Timestamp::from_millis(row.created_at),
        rotated_at: Timestamp::from_millis(row.rotated_at),
        last_rotation: rotations.next(),
        earlier_rotations: rotations.collect(),
        deadline: row.deadline.map(Timestamp::from_millis),
        details: row.details.clone(),
    }
}

/// More than two seconds in the future is older than anything.
fn age(now: u64, at: u64) -> Duration {
    if now + 2_000 < at {
        return Duration::MAX;
    }
    Duration::from_millis(now.saturating_sub(at))
}

fn deadline(now: u64, idle: Option<Duration>, expires_at: Option<u64>) -> Option<u64> {
    let idle = idle.map(|idle| now + millis(idle));
    match (idle, expires_at) {
        (Some(idle), Some(expires_at)) => Some(idle.min(expires_at)),
        (one, other) => one.or(other),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("durations here are short")
}
