//! One sequence on a fresh store and on the list.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use super::agree::Slack;
use super::list::List;
use super::step::{EPOCH, Step};
use crate::clock::Timestamp;
use crate::store::contract::Harness;
use crate::store::contract::fixture::{SERVES, TICK};
use crate::store::{Advanced, Create, Record, Replaced, Sid, Store, SubjectKey};

/// Takes the steps of a sequence.
pub(super) struct Replay<'a, H> {
    harness: &'a H,
    clock_is_owned: bool,
    slack: Slack,
}

impl<'a, H> Replay<'a, H>
where
    H: Harness,
{
    pub(super) fn new(harness: &'a H, clock_is_owned: bool) -> Self {
        let slack = match clock_is_owned {
            true => Duration::ZERO,
            false => Duration::from_secs(120),
        };
        Self {
            harness,
            clock_is_owned,
            slack: Slack(slack),
        }
    }

    /// Fails with the first step to which the store returns something else than the list.
    pub(super) async fn take(&self, steps: &[Step]) -> Result<(), String> {
        let store = self.harness.store().await;
        let start = self.harness.now().await;
        let mut list = List::at(start);
        for step in steps {
            let returned = self.step(step, start, &store, &mut list).await;
            returned.map_err(|found| format!("{step:?} returned {found}"))?;
            if !self.clock_is_owned && matches!(step, Step::Advance(_) | Step::Create(_)) {
                // No two rotations at one time, which decides who is evicted.
                self.harness.pass(TICK * 2).await;
                list.pass(TICK * 2);
            }
        }
        Ok(())
    }

    async fn step(
        &self,
        step: &Step,
        start: Timestamp,
        store: &H::Store,
        list: &mut List,
    ) -> Result<(), String> {
        match step {
            Step::Advance(advance) => {
                let found = store.advance(*advance).await.expect(SERVES);
                let expected = list.advance(advance);
                let agree = match (&found, &expected) {
                    (Advanced::Conflict(found), Advanced::Conflict(expected)) => {
                        self.slack.records_agree(found, expected)
                    }
                    _ => found == expected,
                };
                same(agree, found, expected)
            }
            Step::Consume(consume) => {
                let found = store.consume(*consume).await.expect(SERVES);
                let expected = list.consume(*consume, found);
                same(found == expected, found, expected)
            }
            Step::Create(create) => {
                let since_start = |at: Timestamp| match at < EPOCH {
                    true => at,
                    false => start + at.since(EPOCH),
                };
                let create = Create {
                    expires_at: create.expires_at.map(since_start),
                    ..create.clone()
                };
                let expected = list.create(&create);
                let found = store.create(create).await.expect(SERVES);
                same(found == expected, found, expected)
            }
            Step::IsConsumed(id) => {
                let found = store.is_consumed(*id).await.expect(SERVES);
                let expected = list.is_consumed(*id).unwrap_or(found);
                same(found == expected, found, expected)
            }
            Step::Load(subject, sid) => {
                let found = store.load(*subject, *sid).await.expect(SERVES);
                let expected = list.load(*subject, *sid);
                let agree = match (&found, &expected) {
                    (Some(found), Some(expected)) => self.slack.records_agree(found, expected),
                    _ => found == expected,
                };
                same(agree, found, expected)
            }
            Step::Pass(time) => {
                self.harness.pass(*time).await;
                list.pass(*time);
                Ok(())
            }
            Step::Replace(replace) => {
                let found = store.replace(replace.clone()).await.expect(SERVES);
                let expected = list.replace(replace);
                let agree = match (&found, &expected) {
                    (Replaced::Conflict(found), Replaced::Conflict(expected)) => {
                        self.slack.records_agree(found, expected)
                    }
                    _ => found == expected,
                };
                same(agree, found, expected)
            }
            Step::Revoke(subject, revoke) => {
                let found = store.revoke(*subject, *revoke).await.expect(SERVES);
                let (live, expired) = list.revoke(*subject, *revoke);
                let expected = live..=live + expired;
                same(expected.contains(&found), found, expected)
            }
            Step::Sessions(subject, limit) => {
                let found = listed(store, *subject, *limit).await;
                let expected = list.sessions(*subject);
                let agree = self.slack.lists_agree(&found, &expected);
                same(agree, found, expected)
            }
            Step::SetBack(time) => {
                self.harness.step_back(*time).await;
                for (subject, sid) in list.step_back(*time) {
                    if store.load(subject, sid).await.expect(SERVES).is_none() {
                        list.remove(subject, &[sid]);
                    }
                }
                Ok(())
            }
        }
    }
}

fn same(agree: bool, found: impl Debug, expected: impl Debug) -> Result<(), String> {
    match agree {
        true => Ok(()),
        false => Err(format!("{found:?} instead of {expected:?}")),
    }
}

/// All pages, in the order of the sids.
async fn listed(store: &impl Store, subject: SubjectKey, limit: usize) -> Vec<(Sid, Record)> {
    let mut listed = BTreeMap::new();
    let mut cursor = None;
    loop {
        let page = store.sessions(subject, cursor, limit).await.expect(SERVES);
        listed.extend(page.families);
        cursor = page.next;
        if cursor.is_none() {
            return listed.into_iter().collect();
        }
    }
}
