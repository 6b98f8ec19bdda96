//! Many callers at once.

use std::collections::BTreeSet;
use std::time::Duration;

use reissue::Sid;
use reissue::store::{Advance, Advanced, Attempt, Create, Revoke, SessionLimit, Store, WhenFull};
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::PostgresServer;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::harness::{
    PATIENCE, builder, family, generation, migrated, rotation, sid, subject, until_value,
};

/// 64 clients, each of which tries 20 times to advance from the same generation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_crowd_that_advances_one_wins_and_all_others_are_counted() {
    let store = migrated(builder().with_response_timeout(PATIENCE)).await;
    store.create(family(sid(1))).await.expect("it serves");
    let mut clients = JoinSet::new();
    for client in 0..64_u32 {
        let store = store.clone();
        clients.spawn(async move {
            let mut advanced = Vec::new();
            for attempt in 0..20_u32 {
                let name = u64::from(client * 20 + attempt + 1);
                let advance = Advance {
                    attempt: Attempt::from_bytes(name.to_be_bytes()),
                    ..rotation(sid(1), 0)
                };
                advanced.push(store.advance(advance).await.expect("it serves"));
            }
            advanced
        });
    }
    let advanced = clients.join_all().await.concat();
    let mut counts = BTreeSet::new();
    let mut done = 0;
    for advanced in advanced {
        match advanced {
            Advanced::Done => done += 1,
            Advanced::Conflict(record) => {
                assert_eq!(record.generation, 1);
                counts.insert(record.conflicts);
            }
            Advanced::Missing => panic!("it lives"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(counts, (1..=1_279).collect());
    assert_eq!(generation(&store, sid(1)).await, 1);
}

/// Whoever has waited for a session judges by the time after that, not by the time before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_expires_while_a_refresh_waits_for_it_has_expired() {
    let server = PostgresServer::start();
    let builder = PostgresStore::builder(server.url()).with_response_timeout(PATIENCE);
    let store = migrated(builder).await;
    let brief = Duration::from_secs(2);
    let create = Create {
        idle: Some(brief),
        ..family(sid(1))
    };
    store.create(create).await.expect("it serves");
    let expiry = Instant::now() + brief;
    let other = server.client().await;
    let lock = "begin; select * from reissue_session for update";
    other.batch_execute(lock).await.expect("nobody has it");
    let advanced = tokio::spawn(async move { store.advance(rotation(sid(1), 0)).await });
    let waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
    until_value(&server, waiting, "1").await;
    sleep_until(expiry).await;
    other.batch_execute("rollback").await.expect("it serves");
    let advanced = advanced.await.expect("no panic");
    assert_eq!(advanced.expect("it serves"), Advanced::Missing);
}

/// Logins with and without a limit, revocations of everything and listings: whoever has revoked
/// everything finds nothing that was there before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_and_revocations_of_everything_come_one_after_the_other() {
    let store = migrated(builder().with_response_timeout(PATIENCE)).await;
    let limit = Some(SessionLimit {
        max: 3,
        when_full: WhenFull::EvictOldest,
    });
    let mut clients = JoinSet::new();
    for client in 0..8_u8 {
        let store = store.clone();
        clients.spawn(async move {
            let mut ended = 0;
            for round in 0..20_u8 {
                let mut bytes = [client; 16];
                bytes[0] = round;
                let create = Create {
                    limit,
                    ..family(Sid::from_bytes(bytes))
                };
                store.create(create).await.expect("it serves");
                let page = store
                    .sessions(subject(), None, 10)
                    .await
                    .expect("it serves");
                assert!(page.families.len() <= 3, "{} sessions", page.families.len());
                if round % 5 == client % 5 {
                    ended += store
                        .revoke(subject(), Revoke::All)
                        .await
                        .expect("it serves");
                }
            }
            ended
        });
    }
    clients.join_all().await;
}
