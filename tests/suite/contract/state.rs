//! What the small store holds, and what each step does to it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use reissue::store::{
    Attempt, Consume, Consumed, Create, Created, OneTimeId, Replace, Replaced, Revision, Revoke,
    SubjectKey, WhenFull,
};
use reissue::{Clock, Sid, SystemClock, Timestamp};

use super::defect::Defect;

pub(crate) struct State {
    pub(crate) families: BTreeMap<(SubjectKey, Sid), Family>,
    /// When each id is free again; `None` for never.
    pub(crate) ids: BTreeMap<OneTimeId, Option<Timestamp>>,
    pub(crate) is_locked: bool,
    pub(crate) under_way: usize,
    pub(crate) defect: Option<Defect>,
}

#[derive(Clone)]
pub(crate) struct Family {
    pub(crate) generation: u64,
    pub(crate) revision: Revision,
    pub(crate) conflicts: u32,
    pub(crate) shared_generations: u8,
    pub(crate) created_at: Timestamp,
    pub(crate) rotated_at: Timestamp,
    pub(crate) idle: Option<Duration>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) deadline: Option<Timestamp>,
    /// Newest first.
    pub(crate) attempts: Vec<Attempt>,
    /// The oldest generation that each superseded, and when; newest first, the last one included.
    pub(crate) rotations: Vec<(u64, Timestamp)>,
    pub(crate) details: Bytes,
}

impl State {
    pub(crate) fn new(defect: Option<Defect>) -> Self {
        Self {
            families: BTreeMap::new(),
            ids: BTreeMap::new(),
            is_locked: false,
            under_way: 0,
            defect,
        }
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    pub(crate) fn live(&self, subject: SubjectKey, sid: Sid, now: Timestamp) -> Option<&Family> {
        let family = self.families.get(&(subject, sid))?;
        self.is_live(family, now).then_some(family)
    }

    /// All families of a subject, expired ones too, in the order of their sids.
    pub(crate) fn families_of(&self, subject: SubjectKey) -> impl Iterator<Item = (Sid, &Family)> {
        let of_all = self.has(Defect::MixesUpSubjects);
        let families = self.families.iter();
        families
            .filter(move |((of, _), _)| of_all || *of == subject)
            .map(|((_, sid), family)| (*sid, family))
    }

    pub(crate) fn is_live(&self, family: &Family, now: Timestamp) -> bool {
        family.deadline.is_none_or(|deadline| {
            now < deadline || now == deadline && self.has(Defect::LivesAtTheDeadline)
        })
    }

    pub(crate) fn create(&mut self, create: &Create, now: Timestamp) -> Created {
        let exists = self.live(create.subject, create.sid, now).is_some();
        if exists && !self.has(Defect::CreateOverwrites) {
            return Created::Done {
                evicted: Vec::new(),
            };
        }
        let Some(evicted) = self.make_room(create, now) else {
            if self.has(Defect::RecordsWhatItRefuses) {
                self.insert(create, now);
            }
            return Created::Full;
        };
        self.insert(create, now);
        match self.has(Defect::EvictsSilently) {
            true => Created::Done {
                evicted: Vec::new(),
            },
            false => Created::Done { evicted },
        }
    }

    /// Ends those that must go for one more and returns them; `None` if nobody may.
    pub(crate) fn make_room(&mut self, create: &Create, now: Timestamp) -> Option<Vec<Sid>> {
        let Some(limit) = create.limit else {
            return Some(Vec::new());
        };
        let families = self.families_of(create.subject);
        let (mut live, mut expired): (Vec<_>, Vec<_>) = families
            .map(|(sid, family)| (sid, family.rotated_at, family.created_at))
            .partition(|(sid, ..)| self.live(create.subject, *sid, now).is_some());
        let mut count = live.len();
        if self.has(Defect::CountsTheExpired) {
            count += expired.len();
        } else if self.has(Defect::CountsTheExpiredButAFew) {
            count += expired.len().saturating_sub(8);
        } else if self.has(Defect::EvictsTheExpired) {
            live.append(&mut expired);
        }
        live.sort_by_key(|(sid, rotated_at, created_at)| match self.defect {
            Some(Defect::EvictsByCreation) => (*created_at, *sid, Reverse(*sid)),
            Some(Defect::EvictsTheLargestSid) => {
                (*rotated_at, Sid::from_bytes([0; 16]), Reverse(*sid))
            }
            _ => (*rotated_at, *sid, Reverse(*sid)),
        });
        let room = usize::try_from(limit.max).unwrap() - 1;
        let mut surplus = count.saturating_sub(room);
        if surplus > 0 && limit.when_full == WhenFull::Refuse {
            return None;
        }
        if self.has(Defect::EvictsOneAtMost) {
            surplus = surplus.min(1);
        }
        let evicted: Vec<Sid> = live.iter().take(surplus).map(|(sid, ..)| *sid).collect();
        for sid in &evicted {
            self.families.remove(&(create.subject, *sid));
        }
        Some(evicted)
    }

    pub(crate) fn insert(&mut self, create: &Create, now: Timestamp) {
        let now = match self.has(Defect::DatesByAnotherClock) {
            true => SystemClock.now(),
            false => now,
        };
        let mut details = create.details.clone();
        if self.has(Defect::CutsDetails) {
            details.truncate(1_000);
        }
        let family = Family {
            generation: 0,
            revision: Revision::ORIGINAL,
            conflicts: 0,
            shared_generations: 0,
            created_at: now,
            rotated_at: now,
            idle: create.idle,
            expires_at: create.expires_at,
            deadline: nearer(create.idle.map(|idle| now + idle), create.expires_at),
            attempts: Vec::new(),
            rotations: Vec::new(),
            details,
        };
        let key = (create.subject, create.sid);
        if self.has(Defect::RevivesTheExpired)
            && let Some(expired) = self.families.get_mut(&key)
        {
            expired.deadline = family.deadline;
            return;
        }
        self.families.insert(key, family);
        if self.has(Defect::ForgetsFamiliesForSpace) && self.families.len() > 450 {
            let families = self.families.iter();
            let oldest = families.min_by_key(|(_, family)| family.rotated_at);
            let oldest = *oldest.unwrap().0;
            self.families.remove(&oldest);
        }
    }

    pub(crate) fn replace(&mut self, replace: &Replace, now: Timestamp) -> Replaced {
        let Some(family) = self.live(replace.subject, replace.sid, now) else {
            return Replaced::Missing;
        };
        let mut family = family.clone();
        if family.revision == replace.revision {
            if !self.has(Defect::ReplaceKeepsTheRevision) {
                family.revision = replace.next;
            }
            family.details = replace.details.clone();
            if self.has(Defect::ReplaceStartsTheIdleTime) {
                family.deadline = nearer(family.idle.map(|idle| now + idle), family.expires_at);
            }
            self.families.insert((replace.subject, replace.sid), family);
            return Replaced::Done;
        }
        if family.revision == replace.next && !self.has(Defect::ReplaceForgetsItself) {
            return Replaced::Done;
        }
        Replaced::Conflict(self.record(&family, now))
    }

    /// The families that a revocation ends.
    pub(crate) fn named(&self, subject: SubjectKey, revoke: Revoke, now: Timestamp) -> Vec<Sid> {
        let families = self.families_of(subject);
        let live = families.filter(|(sid, family)| {
            self.is_live(family, now)
                || self.has(Defect::RevokesTheExpired) && revoke == Revoke::One(*sid)
        });
        let all: Vec<Sid> = live.map(|(sid, _)| sid).collect();
        let is_named = |sid: &Sid| match revoke {
            Revoke::All => true,
            Revoke::AllBut(kept) if self.has(Defect::AllButAnUnknownIsNone) => {
                *sid != kept && all.contains(&kept)
            }
            Revoke::AllBut(kept) => *sid != kept || self.has(Defect::AllButOneIsAll),
            Revoke::One(named) => *sid == named,
        };
        let most = match self.has(Defect::RevokesTheFirstHundred) {
            true => 100,
            false => usize::MAX,
        };
        all.iter().copied().filter(is_named).take(most).collect()
    }

    pub(crate) fn revoke(&mut self, subject: SubjectKey, revoke: Revoke, now: Timestamp) -> u64 {
        let sids = self.named(subject, revoke, now);
        let of_all = self.has(Defect::MixesUpSubjects);
        self.families
            .retain(|(of, sid), _| !(of_all || *of == subject) || !sids.contains(sid));
        if let Revoke::AllBut(kept) = revoke
            && let Some(kept) = self.families.get_mut(&(subject, kept))
            && self.defect == Some(Defect::AllButOneForgetsConflicts)
        {
            kept.conflicts = 0;
        }
        match revoke {
            Revoke::One(_) if self.has(Defect::RevokeAlwaysCountsOne) => 1,
            _ => sids.len() as u64,
        }
    }

    pub(crate) fn consume(&mut self, consume: &Consume, now: Timestamp) -> Consumed {
        let is_consumed = self.is_consumed(consume.id, now);
        let free_at = Some(now + consume.lifetime);
        if !is_consumed {
            self.ids.insert(consume.id, free_at);
        } else if self.has(Defect::ConsumingAgainProlongs) {
            let held = self.ids.entry(consume.id).or_default();
            *held = free_at.max(*held);
        }
        if self.has(Defect::ForgetsIdsForSpace) && self.ids.len() > 450 {
            self.ids.pop_first();
        }
        if self.has(Defect::RevocationsConsumeNothing) && consume.is_revocation {
            self.ids.remove(&consume.id);
        }
        match is_consumed {
            true => Consumed::Already,
            false => Consumed::First,
        }
    }

    pub(crate) fn is_consumed(&self, id: OneTimeId, now: Timestamp) -> bool {
        let Some(free_at) = self.ids.get(&id) else {
            return false;
        };
        free_at.is_none_or(|free_at| match self.defect {
            Some(Defect::ConsumedForEver) => true,
            Some(Defect::ConsumedAtTheInstant) => now <= free_at,
            _ => now < free_at,
        })
    }

    pub(crate) fn extend(&mut self, subject: SubjectKey, now: Timestamp) {
        for ((of, _), family) in &mut self.families {
            let is_live = family.deadline.is_none_or(|deadline| now < deadline);
            if *of == subject && is_live {
                family.deadline = nearer(family.idle.map(|idle| now + idle), family.expires_at);
            }
        }
    }
}

pub(crate) fn nearer(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
