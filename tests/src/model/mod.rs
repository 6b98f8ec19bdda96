//! What the design says that happens, as a small state machine: no token, no cryptography, no
//! store, no engine.
//!
//! The model shares nothing with what it is a model of. It knows the words only, and all times are
//! whole seconds that come as parameters.
//!
//! # State
//!
//! A subject has families, one for each login. A family is its generation, the revision of what it
//! is granted, the number of superseded tokens presented since its last rotation, how many
//! generations in a row were presented more than once, what it is granted, and when it began, was
//! rotated, and ends: at the nearer of its absolute expiry and its idle time after the last
//! rotation. It remembers its last rotation, and of those before it the seven newest, as long as
//! they are younger than grace. A family that has come to its end is missing, as if it had never
//! been.
//!
//! A client holds tokens. A token says its family, generation, revision and grant, when it was
//! issued, and when its family ends at the latest.
//!
//! # Operations
//!
//! An operation is some work without the store, and then a number of trips to it. Each trip is
//! atomic: it happens whole or not at all, and others may come between two of them. Its reply may
//! be lost, and whoever asked may be gone before it comes; then the operation ends there, with
//! whatever its trips have done until then.
//!
//! | operation | trips |
//! | --- | --- |
//! | login | makes room at the session limit, or is refused there; adds a family at generation 0, revision 0 |
//! | refresh with generation p | as below |
//! | revoke, by token of any generation, by session, all of a subject, all but one | removes them |
//! | introspect | looks: a refresh token is good if its generation is the current one, an access token while its family lives |
//! | amend | looks; then exchanges the grant and its revision, unless it is that grant already |
//! | list | looks |
//!
//! # Refresh
//!
//! Refused without a trip: another client's token, an expired one, more scope than is sealed in it.
//! Then, of a family at generation c, one trip:
//!
//! | met | rotating or converging | keeping |
//! | --- | --- | --- |
//! | no family | refused as missing | the same |
//! | c = p, revisions equal | c becomes p + 1; conflicts 0; rotated now; the idle deadline moves. Answered with p + 1 | nothing moves. Answered with p |
//! | p < c | conflicts + 1, then judged | judged |
//! | anything else | judged | judged |
//!
//! Judged, in this order:
//!
//! | case | verdict |
//! | --- | --- |
//! | p > c by more than the heal limit | another trip removes the family; refused as rolled back |
//! | p > c by less | another trip, from c to where p would have led |
//! | p = c | another trip, with the family's grant and revision |
//! | p < c, converging | answered with c |
//! | p < c, p superseded less than grace ago, and the family to be ended as shared | another trip removes the family; refused as shared |
//! | p < c, p superseded less than grace ago, conflicts at most the retry cap | answered with c |
//! | p < c, p superseded less than grace ago, otherwise | refused as superseded |
//! | p < c otherwise, reuse reported | answered with c |
//! | p < c otherwise, reuse revoked | another trip removes the family; refused as reused |
//!
//! When p was superseded is when the newest remembered rotation was that began at p or before. No
//! later rotation gives it more grace.
//!
//! Where the revisions differ, the family's grant decides the scope of every answer, and may refuse
//! it. An answer with c moves nothing: no generation, no deadline, no grace.
//!
//! # Use
//!
//! [`Model::apply`] does a whole operation with a store that works. [`Model::apply_with`] meets
//! planned faults. [`Model::outcomes`] is everything that may come of an operation when any reply
//! may be lost: for a caller that has seen a 503, or nothing. [`Model::begin`] and [`Model::step`]
//! go trip by trip, for whoever has to put other operations between. Models are equal if no future
//! could tell them apart, once [`Model::expire`] has been called for the same time.
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
