//! What a presented refresh token meets, and what that means.

use std::cmp::Ordering;

use reissue::store::Revision;

use super::family::nearer;
use super::trip::{Stage, has_ended};
use super::{
    Answered, Call, Family, Model, OnReuse, OnShared, Outcome, Party, Refusal, Rotation, Rules,
    Scopes, Step, Token,
};

/// What the next trip of a refresh expects, and the grant that its response follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Attempt {
    from: u64,
    revision: Revision,
    granted: Scopes,
    round: u32,
}

impl Attempt {
    /// What is denied without the store.
    pub(super) fn begin(
        token: Token,
        by: Party,
        asked: Option<Scopes>,
        rules: &Rules,
        now: u64,
    ) -> Result<Self, Refusal> {
        if by == Party::Other {
            return Err(Refusal::Foreign);
        }
        let idle_ends = rules.idle.map(|idle| token.issued_at + idle);
        if has_ended(nearer(token.expires_at, idle_ends), now) {
            return Err(Refusal::Expired);
        }
        within(asked, token.scopes)?;
        Ok(Self {
            from: token.generation,
            revision: token.revision,
            granted: token.scopes,
            round: 1,
        })
    }

    /// The same with the grant of the family.
    fn follow(self, family: &Family, asked: Option<Scopes>) -> Result<Self, Refusal> {
        if family.revision == self.revision {
            return Ok(self);
        }
        within(asked, family.scopes)?;
        Ok(Self {
            revision: family.revision,
            granted: family.scopes,
            ..self
        })
    }
}

/// What is to be done about a token that is not the current one.
enum Verdict {
    Again,
    RespondAgain,
    /// The family ends, and this is why.
    End(Refusal),
    Refuse(Refusal),
}

impl Model {
    pub(super) fn advance(
        &mut self,
        token: Token,
        asked: Option<Scopes>,
        attempt: Attempt,
        call: Call,
        now: u64,
    ) -> Step {
        let rules = self.rules;
        let found = self.families.get_mut(&token.family);
        let Some(family) = found.filter(|family| family.is_live(now)) else {
            return Step::Done(Outcome::Refused(Refusal::Missing));
        };
        let target = match rules.rotation {
            Rotation::Keep | Rotation::KeepAndRepeat => token.generation,
            Rotation::Converge | Rotation::Rotate => token.generation + 1,
        };
        let writes = attempt.from != target;
        if (family.generation, family.revision) == (attempt.from, attempt.revision) {
            if writes {
                family.rotate(target, &rules, now);
            }
            return respond(token, target, asked, attempt, &rules, call);
        }
        if writes && attempt.from < family.generation {
            family.conflicts = family.conflicts.saturating_add(1);
        }
        let family = *family;
        let refused = |refusal| Step::Done(Outcome::Refused(refusal));
        let next = |stage| Step::Trip(Call { stage, ..call });
        match judge(token, &family, &rules, now) {
            Verdict::Refuse(refusal) => refused(refusal),
            Verdict::End(refusal) => next(Stage::Revoke(refusal)),
            Verdict::RespondAgain => match attempt.follow(&family, asked) {
                Ok(attempt) => respond(token, family.generation, asked, attempt, &rules, call),
                Err(refusal) => refused(refusal),
            },
            Verdict::Again => match attempt.follow(&family, asked) {
                Ok(_) if attempt.round == ROUNDS => refused(Refusal::Contention),
                Ok(attempt) => next(Stage::Advance(Attempt {
                    from: family.generation,
                    round: attempt.round + 1,
                    ..attempt
                })),
                Err(refusal) => refused(refusal),
            },
        }
    }
}

fn judge(token: Token, family: &Family, rules: &Rules, now: u64) -> Verdict {
    let current = family.generation;
    match token.generation.cmp(&current) {
        Ordering::Greater if token.generation - current > rules.heal_limit => {
            Verdict::End(Refusal::RolledBack)
        }
        Ordering::Greater | Ordering::Equal => Verdict::Again,
        Ordering::Less if rules.rotation == Rotation::Converge => Verdict::RespondAgain,
        Ordering::Less if family.is_within_grace(token.generation, rules, now) => {
            let shared = u32::from(family.shared) + 1;
            match rules.on_shared {
                OnShared::Revoke { threshold } if shared >= threshold => {
                    Verdict::End(Refusal::Shared)
                }
                _ if family.conflicts <= rules.retry_cap => Verdict::RespondAgain,
                _ => Verdict::Refuse(Refusal::Superseded),
            }
        }
        Ordering::Less => match rules.on_reuse {
            OnReuse::Report => Verdict::RespondAgain,
            OnReuse::Revoke => Verdict::End(Refusal::Reused),
        },
    }
}

fn respond(
    token: Token,
    generation: u64,
    asked: Option<Scopes>,
    attempt: Attempt,
    rules: &Rules,
    call: Call,
) -> Step {
    let answered = Token {
        generation,
        revision: attempt.revision,
        scopes: attempt.granted,
        issued_at: call.began,
        ..token
    };
    let stays = generation == token.generation;
    let scopes = asked.unwrap_or(attempt.granted);
    Step::Done(Outcome::Tokens(Answered {
        access: token.access(scopes, rules, call.began),
        token: match rules.rotation {
            Rotation::Keep if stays => None,
            Rotation::KeepAndRepeat if stays => Some(token),
            _ => Some(answered),
        },
    }))
}

fn within(asked: Option<Scopes>, granted: Scopes) -> Result<(), Refusal> {
    match asked {
        Some(asked) if asked & !granted != 0 => Err(Refusal::Scope),
        _ => Ok(()),
    }
}

/// How many trips a refresh makes for a session that keeps changing.
const ROUNDS: u32 = 4;
