//! Takes a history apart.

use std::collections::BTreeSet;

use super::entry::concerns;
use super::search::Search;
use super::{Disturbance, Entry, Refutation, Spec};
use crate::model::{Name, Operation};

/// Whether the model explains a history, whose sessions live by what is said of each. How many
/// sessions there were.
///
/// # Errors
///
/// The first response that no order explains.
pub fn check(
    entries: &[Entry],
    disturbances: &[Disturbance],
    spec_of: impl Fn(Name) -> Spec,
) -> Result<usize, Box<Refutation>> {
    let logins = entries.iter().filter_map(|entry| match entry.operation {
        Operation::Login { family, .. } => Some(family),
        _ => None,
    });
    let names: BTreeSet<Name> = logins.collect();
    for name in &names {
        let own = history_of(entries, *name);
        Search::new(&own, disturbances, *name, spec_of(*name)).run()?;
    }
    Ok(names.len())
}

/// Returns all requests that may concern a session, in the order in which they were sent.
fn history_of(entries: &[Entry], name: Name) -> Vec<Entry> {
    let concerned = entries
        .iter()
        .filter(|entry| concerns(&entry.operation, name));
    let mut own: Vec<Entry> = concerned.cloned().collect();
    own.sort_by_key(|entry| entry.asked);
    let login = own
        .iter()
        .find(|entry| matches!(entry.operation, Operation::Login { .. }));
    let Some(began) = login.map(|login| login.asked) else {
        return own;
    };
    own.retain(|entry| entry.answered.as_ref().is_none_or(|(at, _)| *at > began));
    own
}
