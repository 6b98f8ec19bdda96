//! What is decided without the store, and what each trip to it does.

use reissue::store::Revision;

use super::family::nearer;
use super::refresh::Attempt;
use super::{
    Access, Active, Answered, Family, Limit, Model, Name, Operation, Outcome, Party, Refusal,
    Rules, Scopes, Session, Token, WhenFull,
};

/// An operation before its next trip to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    pub(super) operation: Operation,
    pub(super) began: u64,
    pub(super) stage: Stage,
}

/// How an operation goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is over.
    Done(Outcome),
    /// It needs another trip.
    Trip(Call),
}

/// What the next trip is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// What most operations do with their only trip.
    Whole,
    /// To exchange the grant that had this revision.
    Replace { revision: Revision },
    /// To make a generation current.
    Advance(Attempt),
    /// To end a family, and why.
    Revoke(Refusal),
}

impl Model {
    /// What is decided without the store.
    #[must_use]
    pub fn begin(&self, operation: Operation, now: u64) -> Step {
        let stage = match operation {
            Operation::Refresh { token, by, scopes } => {
                match Attempt::begin(token, by, scopes, &self.rules, now) {
                    Ok(attempt) => Stage::Advance(attempt),
                    Err(refusal) => return Step::Done(Outcome::Refused(refusal)),
                }
            }
            Operation::Introspect { token, .. } if has_ended(token.expires_at, now) => {
                return Step::Done(Outcome::Active(None));
            }
            Operation::IntrospectAccess { access, .. } if now >= access.expires_at => {
                return Step::Done(Outcome::Active(None));
            }
            Operation::Revoke {
                by: Party::Other, ..
            } => return Step::Done(Outcome::Revoked),
            _ => Stage::Whole,
        };
        Step::Trip(Call {
            operation,
            began: now,
            stage,
        })
    }

    /// One trip to the store.
    pub fn step(&mut self, call: Call, now: u64) -> Step {
        let next = |stage| Step::Trip(Call { stage, ..call });
        match (call.operation, call.stage) {
            (Operation::Refresh { token, scopes, .. }, Stage::Advance(attempt)) => {
                self.advance(token, scopes, attempt, call, now)
            }
            (Operation::Refresh { token, .. }, Stage::Revoke(refusal)) => {
                self.families.remove(&token.family);
                Step::Done(Outcome::Refused(refusal))
            }
            (Operation::Amend { family, scopes }, Stage::Whole) => match self.live(family, now) {
                Some(found) if found.scopes == scopes => Step::Done(Outcome::Amended(true)),
                Some(found) => next(Stage::Replace {
                    revision: found.revision,
                }),
                None => Step::Done(Outcome::Amended(false)),
            },
            (Operation::Amend { family, scopes }, Stage::Replace { revision }) => {
                let Some(found) = self.families.get_mut(&family).filter(|it| it.is_live(now))
                else {
                    return Step::Done(Outcome::Amended(false));
                };
                if found.scopes == scopes {
                    return Step::Done(Outcome::Amended(true));
                }
                if found.revision != revision {
                    let revision = found.revision;
                    return next(Stage::Replace { revision });
                }
                found.revision = self.rules.wording.revision_after(revision, scopes);
                found.scopes = scopes;
                Step::Done(Outcome::Amended(true))
            }
            (operation, _) => Step::Done(self.only_trip(operation, call.began, now)),
        }
    }

    fn only_trip(&mut self, operation: Operation, began: u64, now: u64) -> Outcome {
        match operation {
            Operation::Login { family, scopes } => self.login(family, scopes, began, now),
            Operation::Introspect { token, by } => {
                Outcome::Active(self.introspect(token, now).filter(|_| by == Party::Owner))
            }
            Operation::IntrospectAccess { access, by } => {
                let active = self.live(access.family, now).map(|_| access.active());
                Outcome::Active(active.filter(|_| by == Party::Owner))
            }
            Operation::Revoke { token, .. } => {
                self.end(|name| name == token.family, now);
                Outcome::Revoked
            }
            Operation::RevokeSession { family } => {
                Outcome::Ended(self.end(|name| name == family, now))
            }
            Operation::RevokeSessions { subject, except } => {
                let ends = |name: Name| name.subject == subject && Some(name) != except;
                Outcome::Ended(self.end(ends, now))
            }
            Operation::Sessions { subject } => {
                Outcome::Sessions(self.of(subject, now).map(Session::of).collect())
            }
            Operation::Amend { .. } | Operation::Refresh { .. } => {
                unreachable!("takes several trips")
            }
        }
    }

    fn login(&mut self, name: Name, scopes: Scopes, began: u64, now: u64) -> Outcome {
        if let Some(limit) = self.rules.limit
            && !self.make_room(name.subject, limit, now)
        {
            return Outcome::Refused(Refusal::Full);
        }
        let expires_at = self.rules.absolute.map(|absolute| began + absolute);
        let family = Family::new(scopes, expires_at, &self.rules, now);
        self.families.insert(name, family);
        let token = Token {
            family: name,
            generation: 0,
            revision: Revision::ORIGINAL,
            scopes,
            issued_at: began,
            expires_at,
        };
        Outcome::Tokens(Answered {
            access: token.access(scopes, &self.rules, began),
            token: Some(token),
        })
    }

    /// Whether there is room for one more.
    fn make_room(&mut self, subject: u8, limit: Limit, now: u64) -> bool {
        let mut oldest_first: Vec<_> = self
            .of(subject, now)
            .map(|(name, family)| (family.rotated_at, name))
            .collect();
        oldest_first.sort_unstable();
        let surplus = (oldest_first.len() + 1).saturating_sub(limit.max);
        if surplus > 0 && limit.when_full == WhenFull::Refuse {
            return false;
        }
        for (_, name) in &oldest_first[..surplus] {
            self.families.remove(name);
        }
        true
    }

    fn introspect(&self, token: Token, now: u64) -> Option<Active> {
        let family = self.live(token.family, now)?;
        (family.generation == token.generation).then_some(Active {
            family: token.family,
            scopes: family.scopes,
            issued_at: token.issued_at,
            expires_at: family.deadline,
        })
    }

    fn end(&mut self, ends: impl Fn(Name) -> bool, now: u64) -> u64 {
        self.expire(now);
        let before = self.families.len();
        self.families.retain(|name, _| !ends(*name));
        (before - self.families.len()) as u64
    }
}

impl Token {
    pub(super) fn access(self, scopes: Scopes, rules: &Rules, now: u64) -> Access {
        let ends = now + rules.access;
        Access {
            family: self.family,
            scopes,
            issued_at: now,
            expires_at: nearer(Some(ends), self.expires_at).unwrap_or(ends),
        }
    }
}

impl Access {
    fn active(self) -> Active {
        Active {
            family: self.family,
            scopes: self.scopes,
            issued_at: self.issued_at,
            expires_at: Some(self.expires_at),
        }
    }
}

pub(super) fn has_ended(end: Option<u64>, now: u64) -> bool {
    end.is_some_and(|end| end <= now)
}
