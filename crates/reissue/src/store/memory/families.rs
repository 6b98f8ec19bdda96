//! The families of one shard.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::family::Family;
use crate::clock::Timestamp;
use crate::store::transfer::{Imported, SessionEntry};
use crate::store::{
    Advance, Advanced, Create, Created, Record, Replace, Replaced, Revoke, SessionLimit, Sid,
    SubjectKey, WhenFull,
};

/// One ordered map for all subjects. The families of a subject are adjacent, ascending by `sid`, so
/// subjects with one family and with a hundred thousand need no other index.
#[derive(Default)]
pub(super) struct Families {
    families: BTreeMap<(SubjectKey, Sid), Box<Family>>,
    /// One entry for each family with a deadline. An advance moves the deadline and leaves the
    /// entry; when the entry comes due, the sweep moves it to the new deadline.
    timer: BTreeSet<(Timestamp, SubjectKey, Sid)>,
}

impl Families {
    pub(super) fn create(
        &mut self,
        create: &Create,
        details: Box<[u8]>,
        now: Timestamp,
    ) -> Created {
        let Create { subject, sid, .. } = *create;
        if self.load(subject, sid, now).is_some() {
            return Created::Done {
                evicted: Vec::new(),
            };
        }
        let Some(evicted) = self.make_room(subject, create.limit, now) else {
            return Created::Full;
        };
        self.remove(subject, sid);
        let mut family = Box::new(Family::new(create, details, now));
        arm(&mut self.timer, subject, sid, &mut family);
        self.families.insert((subject, sid), family);
        Created::Done { evicted }
    }

    pub(super) fn advance(&mut self, advance: &Advance, now: Timestamp) -> Advanced {
        let Advance { subject, sid, .. } = *advance;
        let Some(family) = self.families.get_mut(&(subject, sid)) else {
            return Advanced::Missing;
        };
        if !family.is_live(now) {
            return Advanced::Missing;
        }
        let advanced = family.advance(advance, now);
        if family.is_due_late() {
            arm(&mut self.timer, subject, sid, family);
        }
        advanced
    }

    pub(super) fn replace(&mut self, replace: &Replace, now: Timestamp) -> Replaced {
        match self.families.get_mut(&(replace.subject, replace.sid)) {
            Some(family) if family.is_live(now) => family.replace(replace, now),
            _ => Replaced::Missing,
        }
    }

    pub(super) fn load(&self, subject: SubjectKey, sid: Sid, now: Timestamp) -> Option<&Family> {
        let family = self.families.get(&(subject, sid))?;
        family.is_live(now).then_some(family)
    }

    pub(super) fn sessions(
        &self,
        subject: SubjectKey,
        after: Option<Sid>,
        limit: usize,
        now: Timestamp,
    ) -> Vec<(Sid, Record)> {
        self.live(subject, after, now)
            .take(limit)
            .map(|(sid, family)| (sid, family.record(now)))
            .collect()
    }

    pub(super) fn revoke(&mut self, subject: SubjectKey, revoke: Revoke, now: Timestamp) -> u64 {
        let sids: Vec<Sid> = match revoke {
            Revoke::All => self.live(subject, None, now).map(|(sid, _)| sid).collect(),
            Revoke::AllBut(kept) => self
                .live(subject, None, now)
                .map(|(sid, _)| sid)
                .filter(|sid| *sid != kept)
                .collect(),
            Revoke::One(sid) => self
                .load(subject, sid, now)
                .map(|_| sid)
                .into_iter()
                .collect(),
        };
        for sid in &sids {
            self.remove(subject, *sid);
        }
        sids.len() as u64
    }

    /// Adds live families after a key to `entries`, until there are `limit`.
    pub(super) fn export(
        &self,
        after: Option<(SubjectKey, Sid)>,
        limit: usize,
        now: Timestamp,
        entries: &mut Vec<SessionEntry>,
    ) {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let families = self.families.range((start, Bound::Unbounded));
        entries.extend(
            families
                .filter(|(_, family)| family.is_live(now))
                .take(limit.saturating_sub(entries.len()))
                .map(|((subject, sid), family)| family.export(*subject, *sid)),
        );
    }

    pub(super) fn import(&mut self, entry: &SessionEntry, now: Timestamp, imported: &mut Imported) {
        let SessionEntry { subject, sid, .. } = *entry;
        if !entry.is_live(now) {
            return;
        }
        match self.load(subject, sid, now) {
            Some(family) if family.export(subject, sid) == *entry => {
                imported.unchanged += 1;
                return;
            }
            Some(_) => imported.changed += 1,
            None => imported.added += 1,
        }
        self.remove(subject, sid);
        let mut family = Box::new(Family::import(entry));
        arm(&mut self.timer, subject, sid, &mut family);
        self.families.insert((subject, sid), family);
    }

    /// Examines at most `count` families that have come due, and removes the expired ones.
    pub(super) fn sweep(&mut self, count: usize, now: Timestamp) {
        for _ in 0..count {
            let Some(&(_, subject, sid)) = self.timer.first().filter(|(due, ..)| *due <= now)
            else {
                return;
            };
            match self.families.get_mut(&(subject, sid)) {
                Some(family) if family.is_live(now) => {
                    arm(&mut self.timer, subject, sid, family);
                }
                _ => self.remove(subject, sid),
            }
        }
    }

    /// Makes room for one more family and returns those that were evicted, oldest first; `None` if
    /// none may be evicted.
    fn make_room(
        &mut self,
        subject: SubjectKey,
        limit: Option<SessionLimit>,
        now: Timestamp,
    ) -> Option<Vec<Sid>> {
        let Some(limit) = limit else {
            return Some(Vec::new());
        };
        let room = usize::try_from(limit.max.max(1) - 1).unwrap_or(usize::MAX);
        let surplus = self.live(subject, None, now).count().saturating_sub(room);
        match (surplus, limit.when_full) {
            (0, _) => Some(Vec::new()),
            (_, WhenFull::Refuse) => None,
            (_, WhenFull::EvictOldest) => Some(self.evict(subject, surplus, now)),
        }
    }

    fn evict(&mut self, subject: SubjectKey, count: usize, now: Timestamp) -> Vec<Sid> {
        let mut by_age: Vec<(Timestamp, Sid)> = self
            .live(subject, None, now)
            .map(|(sid, family)| (family.rotated_at, sid))
            .collect();
        by_age.sort_unstable();
        by_age.truncate(count);
        let evicted: Vec<Sid> = by_age.into_iter().map(|(_, sid)| sid).collect();
        for sid in &evicted {
            self.remove(subject, *sid);
        }
        evicted
    }

    fn live(
        &self,
        subject: SubjectKey,
        after: Option<Sid>,
        now: Timestamp,
    ) -> impl Iterator<Item = (Sid, &Family)> {
        let start = after.map_or(Bound::Included((subject, FIRST_SID)), |sid| {
            Bound::Excluded((subject, sid))
        });
        self.families
            .range((start, Bound::Included((subject, LAST_SID))))
            .filter(move |(_, family)| family.is_live(now))
            .map(|((_, sid), family)| (*sid, &**family))
    }

    fn remove(&mut self, subject: SubjectKey, sid: Sid) {
        let family = self.families.remove(&(subject, sid));
        if let Some(due) = family.and_then(|family| family.due) {
            self.timer.remove(&(due, subject, sid));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.families.len()
    }

    #[cfg(test)]
    pub(super) fn timer_len(&self) -> usize {
        self.timer.len()
    }
}

/// Moves the family's entry in the timer to its deadline.
fn arm(
    timer: &mut BTreeSet<(Timestamp, SubjectKey, Sid)>,
    subject: SubjectKey,
    sid: Sid,
    family: &mut Family,
) {
    if let Some(due) = family.due {
        timer.remove(&(due, subject, sid));
    }
    if let Some(deadline) = family.deadline {
        timer.insert((deadline, subject, sid));
    }
    family.due = family.deadline;
}

const FIRST_SID: Sid = Sid::from_bytes([0; 16]);
const LAST_SID: Sid = Sid::from_bytes([0xff; 16]);
