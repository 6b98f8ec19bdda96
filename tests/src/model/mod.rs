//! The reference model: the design as a small state machine, without tokens, cryptography, stores
//! or the engine.
//!
//! The model shares no code with the implementation. All times are whole seconds, passed as
//! parameters.
//!
//! # State
//!
//! A subject has families, one for each login. A family has a generation, a grant and its revision,
//! the number of superseded tokens presented since its last rotation, the number of generations in
//! a row that were presented more than once, the times when it began and was rotated, and its end:
//! the earlier of its absolute expiry and its idle time after the last rotation. It remembers its
//! last rotation, and of those before it the seven newest, as long as they are younger than the
//! grace period. A family past its end is missing.
//!
//! A client holds tokens. A token contains its family, generation, revision and grant, its issue
//! time, and the latest end of its family.
//!
//! # Operations
//!
//! An operation is some work without the store, and then a number of trips to it. Each trip is
//! atomic: it happens completely or not at all, and trips of other operations may come between. Its
//! reply may be lost, and the client may disconnect before it arrives; then the operation ends
//! there, with the effects of its trips so far.
//!
//! | operation | trips |
//! | --- | --- |
//! | login | makes room at the session limit, or is denied; adds a family |
//! | refresh with generation p | as below |
//! | revoke, by token of any generation, by session, all of a subject, all but one | removes them |
//! | introspect | reads: active if the generation is current, or the family lives |
//! | amend | reads; then exchanges the grant and its revision, unless they are equal |
//! | list | reads |
//!
//! # Refresh
//!
//! A new family has generation 0 and revision 0. An introspected refresh token is active if its
//! generation is current, an access token while its family lives.
//!
//! | case | rotating or converging | keeping |
//! | --- | --- | --- |
//! | no family | denied as missing | the same |
//! | c = p, revisions equal | advances, returns p + 1 | no change, returns p |
//! | p < c | conflicts + 1, then judged | judged |
//! | anything else | judged | judged |
//!
//! Judged, in this order:
//!
//! | case | verdict |
//! | --- | --- |
//! | p > c by more than the heal limit | another trip removes the family; denied as rolled back |
//! | p > c by less | another trip, from c to p + 1 |
//! | p = c | another trip, with the family's grant and revision |
//! | p < c, converging | returns c |
//! | p < c, p within grace, ended as shared | another trip removes the family; denied |
//! | p < c, p within grace, conflicts at most the retry cap | returns c |
//! | p < c, p within grace, otherwise | denied as superseded |
//! | p < c otherwise, reuse reported | returns c |
//! | p < c otherwise, reuse revoked | another trip removes the family; denied as reused |
//!
//! To advance is to set c to p + 1, conflicts to 0 and the rotation to now, and to move the idle
//! deadline. p was superseded at the time of the newest remembered rotation that began at p or
//! before, and is within grace if that is less than the grace period ago. No later rotation extends
//! its grace period.
//!
//! Where the revisions differ, the family's grant decides the scope of every response, and may deny
//! it. A response with c changes nothing: no generation, deadline or grace period.
//!
//! # Use
//!
//! [`Model::apply`] runs a whole operation with a store that works, [`Model::apply_with`] with
//! planned faults. [`Model::outcomes`] returns every possible outcome of an operation when any
//! reply may be lost: for a caller that got a 503, or nothing. [`Model::begin`] and [`Model::step`]
//! run single trips, so that a caller can put other operations between. Models are equal if no
//! further operation could distinguish them, once [`Model::expire`] has been called for the same
//! time.
#![expect(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "tests match on everything, and shall notice what is new"
)]

mod apply;
mod family;
mod operation;
mod refresh;
mod revision;
mod rules;
mod trip;

pub use self::family::{Family, Name};
pub use self::operation::{
    Access, Active, Answered, Operation, Outcome, Party, Refusal, Scopes, Session, Token,
};
pub use self::revision::Wording;
pub use self::rules::{Limit, OnReuse, OnShared, Rotation, Rules, WhenFull};
pub use self::trip::{Call, Step};

use std::collections::BTreeMap;

/// All families there are, and the rules they live by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    /// May be changed at any time, as a configuration may.
    pub rules: Rules,
    /// By name.
    pub families: BTreeMap<Name, Family>,
}

impl Model {
    /// Nobody is logged in.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            families: BTreeMap::new(),
        }
    }

    /// Forgets what has come to its end, which is missing in any case.
    pub fn expire(&mut self, now: u64) {
        self.families.retain(|_, family| family.is_live(now));
    }

    fn live(&self, name: Name, now: u64) -> Option<&Family> {
        self.families
            .get(&name)
            .filter(|family| family.is_live(now))
    }

    fn of(&self, subject: u8, now: u64) -> impl Iterator<Item = (Name, &Family)> {
        let named = self.families.iter().map(|(name, family)| (*name, family));
        named.filter(move |(name, family)| name.subject == subject && family.is_live(now))
    }
}

#[cfg(test)]
mod tests;
