//! What the design says that happens, as a small state machine of its own: no token, no store, no engine.

use std::collections::{BTreeMap, VecDeque};

use reissue::{Denial, OnReuse};
use reissue_tests::Fault;

/// A scope of `a`, `b` and `c`, one bit each.
pub(super) type Scopes = u8;

/// The rules of a run; all times in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) grace: u64,
    pub(super) retry_cap: u32,
    pub(super) on_reuse: OnReuse,
    pub(super) idle: u64,
    pub(super) absolute: u64,
    pub(super) heal_limit: u64,
}

/// A session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Family {
    pub(super) generation: u64,
    pub(super) revision: u64,
    pub(super) conflicts: u32,
    pub(super) scopes: Scopes,
    pub(super) created_at: u64,
    pub(super) rotated_at: u64,
    pub(super) deadline: u64,
    pub(super) expires_at: u64,
}

/// A refresh token that a client has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) family: usize,
    pub(super) generation: u64,
    pub(super) revision: u64,
    pub(super) scopes: Scopes,
    pub(super) issued_at: u64,
    pub(super) expires_at: u64,
}

/// What a refresh answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Answered {
    pub(super) scopes: Scopes,
    pub(super) token: Held,
}

/// Everything, and the time.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) rules: Rules,
    pub(super) now: u64,
    pub(super) families: BTreeMap<usize, Family>,
    pub(super) logins: usize,
    pub(super) faults: VecDeque<Option<Fault>>,
}

impl Reference {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            now: 1_800_000_000,
            families: BTreeMap::new(),
            logins: 0,
            faults: VecDeque::new(),
        }
    }

    pub(super) fn login(&mut self, scopes: Scopes) -> Result<Held, Denial> {
        let family = self.logins;
        self.logins += 1;
        let (now, rules) = (self.now, self.rules);
        let expires_at = now + rules.absolute;
        self.store(|model| {
            let fresh = Family {
                generation: 0,
                revision: 0,
                conflicts: 0,
                scopes,
                created_at: now,
                rotated_at: now,
                deadline: expires_at.min(now + rules.idle),
                expires_at,
            };
            model.families.insert(family, fresh);
        })?;
        Ok(Held {
            family,
            generation: 0,
            revision: 0,
            scopes,
            issued_at: now,
            expires_at,
        })
    }

    pub(super) fn refresh(
        &mut self,
        held: Held,
        asked: Option<Scopes>,
    ) -> Result<Answered, Denial> {
        if self.now >= held.expires_at.min(held.issued_at + self.rules.idle) {
            return Err(Denial::TokenExpired);
        }
        within(asked, held.scopes)?;
        let met = self.store(|model| model.meet(held))?;
        let family = match met {
            Met::Missing => return Err(Denial::SessionMissing),
            Met::Rotated(family) => return Ok(self.answer(held, family, asked)),
            Met::Other(family) => family,
        };
        let since = self.now - family.rotated_at;
        let behind = family.generation.saturating_sub(held.generation);
        let ahead = held.generation.saturating_sub(family.generation);
        let in_grace = since < self.rules.grace;
        let forward = behind == 0;
        if ahead > self.rules.heal_limit {
            return Err(Denial::RolledBack);
        }
        if !forward && in_grace && (behind > 1 || family.conflicts > self.rules.retry_cap) {
            return Err(Denial::TokenLate);
        }
        if !forward && !in_grace && self.rules.on_reuse == OnReuse::Revoke {
            self.store(|model| model.families.remove(&held.family))?;
            return Err(Denial::TokenReused);
        }
        within(asked, family.scopes)?;
        let family = if forward {
            self.store(|model| model.rotate(held))?
        } else {
            family
        };
        Ok(self.answer(held, family, asked))
    }

    pub(super) fn amend(&mut self, family: usize, scopes: Scopes) -> Result<bool, ()> {
        let found = self.store(|model| model.live(family).is_some());
        if !found.map_err(|_| ())? {
            return Ok(false);
        }
        let changed = self.store(|model| {
            let family = model.live(family).expect("it was just there");
            family.scopes = scopes;
            family.revision += 1;
        });
        changed.map(|()| true).map_err(|_| ())
    }

    /// Ends the sessions for which that is so, and says how many.
    pub(super) fn revoke(&mut self, ends: impl Fn(usize) -> bool) -> Result<u64, Denial> {
        self.store(|model| {
            let before = model.families.len();
            model.families.retain(|name, _| !ends(*name));
            (before - model.families.len()) as u64
        })
    }

    /// Whether an introspection says that the token is good.
    pub(super) fn is_active(&mut self, held: Held) -> Result<bool, Denial> {
        if self.now >= held.expires_at {
            return Ok(false);
        }
        let found = self.store(|model| model.live(held.family).copied())?;
        Ok(found.is_some_and(|family| family.generation == held.generation))
    }

    /// The store loses its last writes.
    pub(super) fn roll_back(&mut self, family: usize, lost: u64) {
        let (now, idle) = (self.now, self.rules.idle);
        if let Some(family) = self.live(family) {
            family.generation = family.generation.saturating_sub(lost);
            family.conflicts = 0;
            family.created_at = now;
            family.rotated_at = now;
            family.deadline = family.expires_at.min(now + idle);
        }
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.now += seconds;
        let now = self.now;
        self.families.retain(|_, family| now < family.deadline);
    }

    fn answer(&self, held: Held, family: Family, asked: Option<Scopes>) -> Answered {
        Answered {
            scopes: asked.unwrap_or(family.scopes),
            token: Held {
                generation: family.generation,
                revision: family.revision,
                scopes: family.scopes,
                issued_at: self.now,
                ..held
            },
        }
    }

    fn meet(&mut self, held: Held) -> Met {
        let Some(family) = self.live(held.family) else {
            return Met::Missing;
        };
        if (family.generation, family.revision) == (held.generation, held.revision) {
            return Met::Rotated(self.rotate(held));
        }
        family.conflicts += 1;
        Met::Other(*family)
    }

    fn rotate(&mut self, held: Held) -> Family {
        let (now, idle) = (self.now, self.rules.idle);
        let family = self.live(held.family).expect("it was just there");
        family.generation = held.generation + 1;
        family.conflicts = 0;
        family.rotated_at = now;
        family.deadline = family.expires_at.min(now + idle);
        *family
    }

    fn live(&mut self, family: usize) -> Option<&mut Family> {
        self.families.get_mut(&family)
    }

    /// One trip to the store, which may fail as planned.
    fn store<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Result<T, Denial> {
        match self.faults.pop_front().flatten() {
            None => Ok(work(self)),
            Some(Fault::After) => {
                work(self);
                Err(Denial::StoreUnavailable)
            }
            Some(_) => Err(Denial::StoreUnavailable),
        }
    }
}

/// What a presented token meets in the store.
enum Met {
    Missing,
    Other(Family),
    Rotated(Family),
}

fn within(asked: Option<Scopes>, granted: Scopes) -> Result<(), Denial> {
    match asked {
        Some(asked) if asked & !granted != 0 => Err(Denial::ScopeNotGranted),
        _ => Ok(()),
    }
}
