//! The store against a list that is searched from end to end.

mod list;

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::select;

use self::list::Model;
use super::fixture::{START, TestStore, answer, consumption, one_time_id};
use crate::clock::Timestamp;
use crate::store::{
    Advance, Attempt, Create, Cursor, OneTimeId, Replace, Revision, Revoke, SessionLimit, Sid,
    Store, SubjectKey, WhenFull,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_store_does_what_the_list_does(steps in prop::collection::vec(step(), 1..120)) {
        let store = TestStore::new();
        let mut model = Model::at(START);
        for step in steps {
            take(step, &store, &mut model)?;
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Advance(Advance),
    Consume(OneTimeId, Duration),
    Create(Create),
    IsConsumed(OneTimeId),
    Load(SubjectKey, Sid),
    Pass(u64),
    Replace(Replace),
    /// The clock steps back.
    Return(u64),
    Revoke(SubjectKey, Revoke),
    Sessions(SubjectKey, Option<Sid>, usize),
}

fn take(step: Step, store: &TestStore, model: &mut Model) -> Result<(), TestCaseError> {
    let real = &store.store;
    match step {
        Step::Advance(advance) => {
            prop_assert_eq!(answer(real.advance(advance)), model.advance(advance));
        }
        Step::Consume(id, lifetime) => {
            let consumed = answer(real.consume(consumption(id, lifetime)));
            if let Some(expected) = model.consume(id, lifetime, consumed) {
                prop_assert_eq!(consumed, expected);
            }
        }
        Step::Create(create) => {
            let created = answer(real.create(create.clone()));
            prop_assert_eq!(created, model.create(&create));
        }
        Step::IsConsumed(id) => {
            let is_consumed = answer(real.is_consumed(id));
            if let Some(expected) = model.is_consumed(id) {
                prop_assert_eq!(is_consumed, expected);
            }
        }
        Step::Load(subject, sid) => {
            prop_assert_eq!(answer(real.load(subject, sid)), model.load(subject, sid));
        }
        Step::Pass(millis) => {
            model.now += millis;
            model.latest = model.latest.max(model.now);
            store.set(model.now);
        }
        Step::Replace(replace) => {
            let replaced = answer(real.replace(replace.clone()));
            prop_assert_eq!(replaced, model.replace(&replace));
        }
        Step::Return(millis) => {
            let expired_before = model.now;
            model.now -= millis.min(model.now);
            store.set(model.now);
            // What comes back to life may have been removed while it was expired: the store knows.
            model.rows.retain(|row| {
                let revived = row
                    .deadline
                    .is_some_and(|deadline| deadline <= expired_before && model.now < deadline);
                !revived || answer(real.load(row.subject, row.sid)).is_some()
            });
        }
        Step::Revoke(subject, revoke) => {
            let revoked = answer(real.revoke(subject, revoke));
            prop_assert_eq!(revoked, model.revoke(subject, revoke));
        }
        Step::Sessions(subject, after, limit) => {
            let cursor = after.map(|sid| Cursor(*sid.as_bytes()));
            let page = answer(real.sessions(subject, cursor, limit));
            let expected = model.sessions(subject, after, limit.max(1));
            prop_assert_eq!(page.next.is_some(), expected.len() == limit.max(1));
            prop_assert_eq!(page.families, expected);
        }
    }
    let (families, timer_entries) = store.counts();
    prop_assert!(timer_entries <= families);
    Ok(())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => create().prop_map(Step::Create),
        8 => advance().prop_map(Step::Advance),
        2 => (subject(), sid(), revision(), details()).prop_map(|(subject, sid, revision, details)| {
            let next = revision.next(&details);
            Step::Replace(Replace { subject, sid, revision, next, details })
        }),
        3 => (subject(), sid()).prop_map(|(subject, sid)| Step::Load(subject, sid)),
        2 => (subject(), prop::option::of(sid()), 0..6_usize)
            .prop_map(|(subject, after, limit)| Step::Sessions(subject, after, limit)),
        1 => (subject(), revoke()).prop_map(|(subject, revoke)| Step::Revoke(subject, revoke)),
        2 => (0..3_u64).prop_map(|number| Step::IsConsumed(one_time_id(number))),
        2 => (0..3_u64, 0..60_u64).prop_map(|(number, lifetime)| {
            Step::Consume(one_time_id(number), Duration::from_millis(lifetime))
        }),
        5 => (0..40_u64).prop_map(Step::Pass),
        1 => (0..60_u64).prop_map(Step::Return),
    ]
}

fn create() -> impl Strategy<Value = Create> {
    let expires_at = prop::option::of((START - 50..START + 300).prop_map(Timestamp::from_millis));
    let when_full = select(vec![WhenFull::EvictOldest, WhenFull::Refuse]);
    let limit = prop::option::of(
        (1..5_u32, when_full).prop_map(|(max, when_full)| SessionLimit { max, when_full }),
    );
    (subject(), sid(), idle(), expires_at, details(), limit).prop_map(
        |(subject, sid, idle, expires_at, details, limit)| Create {
            subject,
            sid,
            idle,
            expires_at,
            details,
            limit,
        },
    )
}

fn advance() -> impl Strategy<Value = Advance> {
    let to = prop_oneof![4 => Just(1), 1 => 2..4_u64];
    let history = prop_oneof![Just(0), 0..80_u64].prop_map(Duration::from_millis);
    let family = (subject(), sid(), revision());
    (family, 0..12_u64, to, any::<u8>(), history, idle()).prop_map(
        |((subject, sid, revision), from, ahead, attempt, history, idle)| Advance {
            subject,
            sid,
            from,
            to: from + ahead,
            revision,
            attempt: Attempt::from_bytes([attempt % 16; 8]),
            history,
            idle,
        },
    )
}

/// That of the details that a family begins with, mostly, and one of two that follow it.
fn revision() -> impl Strategy<Value = Revision> {
    let original = Revision::ORIGINAL;
    prop_oneof![
        4 => Just(original),
        1 => Just(original.next(&[])),
        1 => Just(original.next(&[0])),
    ]
}

fn revoke() -> impl Strategy<Value = Revoke> {
    prop_oneof![
        Just(Revoke::All),
        sid().prop_map(Revoke::AllBut),
        sid().prop_map(Revoke::One),
    ]
}

fn subject() -> impl Strategy<Value = SubjectKey> {
    select(vec!["alice", "bob"]).prop_map(|name| SubjectKey::derive("https://issuer.example", name))
}

fn sid() -> impl Strategy<Value = Sid> {
    select(vec![0, 1, 2, 3, 4, 0xff]).prop_map(|byte| Sid::from_bytes([byte; 16]))
}

fn idle() -> impl Strategy<Value = Option<Duration>> {
    prop::option::weighted(0.8, (0..120_u64).prop_map(Duration::from_millis))
}

fn details() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(0..2_u8, 0..3).prop_map(Bytes::from)
}
