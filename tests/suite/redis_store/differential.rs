//! The Redis store does what the memory store does, apart from the times.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::select;
use reissue::store::{
    Advance, Advanced, Attempt, Consume, Create, MemoryStore, OneTimeId, Record, Replace, Replaced,
    Revision, Revoke, SessionLimit, Store, SubjectKey, WhenFull,
};
use reissue::{Sid, SystemClock, Timestamp};
use reissue_tests::redis::RedisServer;

use super::harness::store;
use super::sid;

#[test]
fn random_operations_are_answered_as_by_the_memory_store() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let server = RedisServer::start();
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let sequences = prop::collection::vec(step(), 1..60);
    proptest!(config, |(steps in sequences)| {
        let memory = MemoryStore::with_clock(SystemClock);
        let redis = store(&server);
        runtime.block_on(async {
            for step in steps {
                let expected = take(step.clone(), &memory).await;
                let answer = take(step.clone(), &redis).await;
                prop_assert_eq!(answer, expected, "to {:?}", step);
            }
            Ok(())
        })?;
    });
}

#[derive(Clone, Debug)]
enum Step {
    Advance(Advance),
    Consume(Consume),
    Create(Create),
    IsConsumed(OneTimeId),
    Load(SubjectKey, Sid),
    Replace(Replace),
    Revoke(SubjectKey, Revoke),
    Sessions(SubjectKey),
}

/// The answer as text, with the times left out that the two clocks tell differently.
async fn take(step: Step, store: &impl Store) -> String {
    // So that no two rotations have the same time, which decides who is evicted.
    tokio::time::sleep(Duration::from_millis(2)).await;
    match step {
        Step::Advance(advance) => match store.advance(advance).await.expect("it serves") {
            Advanced::Conflict(record) => format!("conflict {}", timeless(&record)),
            other => format!("{other:?}"),
        },
        Step::Consume(consume) => {
            let consumed = store.consume(consume).await.expect("it serves");
            format!("{consumed:?}")
        }
        Step::Create(create) => format!("{:?}", store.create(create).await.expect("it serves")),
        Step::IsConsumed(id) => {
            let is_consumed = store.is_consumed(id).await.expect("it serves");
            format!("{is_consumed}")
        }
        Step::Load(subject, sid) => {
            let record = store.load(subject, sid).await.expect("it serves");
            record.map_or("none".to_owned(), |record| timeless(&record))
        }
        Step::Replace(replace) => match store.replace(replace).await.expect("it serves") {
            Replaced::Conflict(record) => format!("conflict {}", timeless(&record)),
            other => format!("{other:?}"),
        },
        Step::Revoke(subject, revoke) => {
            let count = store.revoke(subject, revoke).await.expect("it serves");
            format!("{count}")
        }
        Step::Sessions(subject) => {
            let mut listed = Vec::new();
            let mut cursor = None;
            loop {
                let page = store.sessions(subject, cursor, 2).await.expect("it serves");
                let families = page.families.iter();
                listed.extend(families.map(|(sid, record)| format!("{sid} {}", timeless(record))));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            listed.sort();
            listed.dedup();
            listed.join(", ")
        }
    }
}

/// How long it lives from its last rotation is the same on both, give or take what passes between the two.
fn timeless(record: &Record) -> String {
    let Record {
        generation,
        revision,
        conflicts,
        shared_generations,
        last_rotation,
        earlier_rotations,
        rotated_at,
        deadline,
        details,
        ..
    } = record;
    let life = deadline.map(|deadline| deadline.since(*rotated_at).as_secs() / 600);
    let rotations = last_rotation.iter().chain(earlier_rotations);
    let from: Vec<u64> = rotations.map(|rotation| rotation.from).collect();
    format!(
        "{generation} {revision:?} {conflicts} {shared_generations} {from:?} {life:?} {details:?}"
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => create().prop_map(Step::Create),
        8 => advance().prop_map(Step::Advance),
        3 => (subject(), sids(), revision(), details()).prop_map(|(subject, sid, revision, details)| {
            let next = revision.next(&details);
            Step::Replace(Replace { subject, sid, revision, next, details })
        }),
        3 => (subject(), sids()).prop_map(|(subject, sid)| Step::Load(subject, sid)),
        2 => subject().prop_map(Step::Sessions),
        1 => (subject(), revoke()).prop_map(|(subject, revoke)| Step::Revoke(subject, revoke)),
        2 => (one_time_id(), any::<bool>()).prop_map(|(id, is_revocation)| {
            Step::Consume(Consume { id, lifetime: HOUR, is_revocation })
        }),
        2 => one_time_id().prop_map(Step::IsConsumed),
    ]
}

fn create() -> impl Strategy<Value = Create> {
    // Past, in an hour, and never.
    let expires_at = select(vec![
        Some(Timestamp::from_secs(1)),
        Some(Timestamp::from_secs(4_000_000_000)),
        None,
    ]);
    let when_full = select(vec![WhenFull::EvictOldest, WhenFull::Refuse]);
    let limit = prop::option::of(
        (1..4_u32, when_full).prop_map(|(max, when_full)| SessionLimit { max, when_full }),
    );
    (subject(), sids(), idle(), expires_at, details(), limit).prop_map(
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
    let history = select(vec![Duration::ZERO, HOUR]);
    let family = (subject(), sids(), revision());
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

/// That of the details that a family begins with, mostly, and some that follow it.
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
        sids().prop_map(Revoke::AllBut),
        sids().prop_map(Revoke::One),
    ]
}

fn one_time_id() -> impl Strategy<Value = OneTimeId> {
    (0..3_u8).prop_map(|value| OneTimeId::derive(ISSUER, "code", &[value]))
}

fn subject() -> impl Strategy<Value = SubjectKey> {
    select(vec!["alice", "bob"]).prop_map(|name| SubjectKey::derive(ISSUER, name))
}

fn sids() -> impl Strategy<Value = Sid> {
    select(vec![0, 1, 2, 3, 4, 0xff]).prop_map(sid)
}

/// None at all, long ones, and never.
fn idle() -> impl Strategy<Value = Option<Duration>> {
    select(vec![
        Some(Duration::ZERO),
        Some(Duration::from_millis(1_500_001)),
        Some(Duration::from_secs(5_100)),
        Some(HOUR * 720 + HOUR / 4),
        None,
    ])
}

fn details() -> impl Strategy<Value = Bytes> {
    let length = select(vec![0_usize, 1, 2, 100]);
    (length, any::<u8>()).prop_map(|(length, byte)| vec![byte % 2; length].into())
}

const ISSUER: &str = "https://issuer.example";

const HOUR: Duration = Duration::from_secs(3_600);
