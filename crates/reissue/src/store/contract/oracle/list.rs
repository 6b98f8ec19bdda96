//! What a store is, without any thought of speed.

use std::time::Duration;

use bytes::Bytes;

use crate::clock::Timestamp;
use crate::store::{
    Advance, Advanced, Attempt, Consumed, Create, Created, OneTimeId, PastRotation, Record,
    Replace, Replaced, Revision, Revoke, Sid, SubjectKey, WhenFull,
};

#[derive(Default)]
pub(super) struct Model {
    pub(super) rows: Vec<Row>,
    one_time_ids: Vec<(OneTimeId, u64)>,
    pub(super) now: u64,
    /// The latest that the clock ever showed.
    pub(super) latest: u64,
}

#[derive(Clone)]
pub(super) struct Row {
    pub(super) subject: SubjectKey,
    pub(super) sid: Sid,
    generation: u64,
    revision: Revision,
    conflicts: u32,
    shared_generations: u8,
    /// Which generation each superseded, and when; newest first.
    rotations: Vec<(u64, u64)>,
    created_at: u64,
    rotated_at: u64,
    expires_at: Option<u64>,
    pub(super) deadline: Option<u64>,
    attempt: Option<Attempt>,
    details: Bytes,
}

impl Model {
    pub(super) fn at(now: u64) -> Self {
        Self {
            now,
            latest: now,
            ..Self::default()
        }
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

    fn remove(&mut self, subject: SubjectKey, sids: &[Sid]) {
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

    pub(super) fn advance(&mut self, advance: Advance) -> Advanced {
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

    pub(super) fn sessions(
        &self,
        subject: SubjectKey,
        after: Option<Sid>,
        limit: usize,
    ) -> Vec<(Sid, Record)> {
        let mut page = Vec::new();
        for row in self.live(subject) {
            if after.is_none_or(|after| row.sid > after) && page.len() < limit {
                page.push((row.sid, record(row, self.now)));
            }
        }
        page
    }

    pub(super) fn revoke(&mut self, subject: SubjectKey, revoke: Revoke) -> u64 {
        let revoked: Vec<Sid> = self
            .live(subject)
            .iter()
            .map(|row| row.sid)
            .filter(|sid| match revoke {
                Revoke::All => true,
                Revoke::AllBut(kept) => *sid != kept,
                Revoke::One(one) => *sid == one,
            })
            .collect();
        self.remove(subject, &revoked);
        revoked.len() as u64
    }

    /// Whether the id is consumed; `None` if the clock stepped back to before the end of an id that was over, which the
    /// store may have removed.
    pub(super) fn is_consumed(&self, id: OneTimeId) -> Option<bool> {
        let held = self.one_time_ids.iter().find(|(held, _)| *held == id);
        match held {
            Some((_, expiry)) if self.now < *expiry && *expiry <= self.latest => None,
            Some((_, expiry)) => Some(self.now < *expiry),
            None => Some(false),
        }
    }

    /// What the store has to answer; `None` if that is not known.
    pub(super) fn consume(
        &mut self,
        id: OneTimeId,
        lifetime: Duration,
        answer: Consumed,
    ) -> Option<Consumed> {
        let expected = self.is_consumed(id).map(|is_consumed| {
            if is_consumed {
                Consumed::Already
            } else {
                Consumed::First
            }
        });
        if expected.unwrap_or(answer) == Consumed::First {
            self.one_time_ids.retain(|(held, _)| *held != id);
            self.one_time_ids.push((id, self.now + millis(lifetime)));
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
