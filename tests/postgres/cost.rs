//! What an operation costs the server.

use std::time::Duration;

use reissue::store::{Advance, Advanced, Consume, Create, OneTimeId, Revoke, Store, SubjectKey};
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::{PostgresServer, shared_server};
use reissue_tests::{report, usual_or_long};
use tokio::task::JoinSet;

use super::harness::{HOUR, PATIENCE, family, migrated, rotation, sid, subject};

/// One refresh is one statement, in one round trip; every 64th write is followed by one that
/// removes what has expired.
#[tokio::test]
async fn each_operation_is_one_statement() {
    let server = shared_server();
    server
        .run("create extension if not exists pg_stat_statements")
        .await;
    for is_prepared in [false, true] {
        // The statistics are kept by user.
        let user = format!("counted{is_prepared}");
        server
            .run(&format!(
                "create role {user} login; create schema {user} authorization {user}"
            ))
            .await;
        let url = format!("postgres://{user}@127.0.0.1:{}/postgres", server.port());
        let mut builder = PostgresStore::builder(url).with_schema(&user);
        if is_prepared {
            builder = builder.with_prepared_statements();
        }
        let store = migrated(builder).await;
        let calls = async |of: &str| -> u64 {
            let query = format!(
                "select coalesce(sum(calls), 0)::bigint from pg_stat_statements s \
                join pg_roles r on r.oid = s.userid where r.rolname = '{user}' {of}"
            );
            server.value(&query).await.parse().expect("a number")
        };
        let before = calls("").await;
        store.create(family(sid(1))).await.expect("it serves");
        for from in 0..100 {
            let advance = rotation(sid(1), from);
            assert_eq!(store.advance(advance).await.ok(), Some(Advanced::Done));
        }
        assert_eq!(calls("and query like 'select done%'").await, 100);
        // The sweep after the 64th may come late.
        let after = calls("").await - before;
        assert!((101..=102).contains(&after), "{after} statements");
        store
            .revoke(subject(), Revoke::All)
            .await
            .expect("it serves");
        let consume = Consume {
            id: OneTimeId::derive("https://id.example", "code", b"value"),
            lifetime: HOUR,
            is_revocation: true,
        };
        store.consume(consume).await.expect("it serves");
        store.is_consumed(consume.id).await.expect("it serves");
        store.load(subject(), sid(1)).await.expect("it serves");
        store
            .sessions(subject(), None, 10)
            .await
            .expect("it serves");
        let after = calls("").await - before;
        assert_eq!(after, 101 + 1 + 5);
    }
}

/// Rotations stay on their pages, and the table stays as large as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotations_do_not_grow_the_table() {
    let (sessions, rounds) = usual_or_long((4_000_u32, 6_u64), (100_000, 10));
    let server = PostgresServer::builder()
        .config("synchronous_commit = off")
        .config("autovacuum_naptime = 1")
        .start();
    let store =
        migrated(PostgresStore::builder(server.url()).with_response_timeout(PATIENCE)).await;
    each(sessions, {
        let store = store.clone();
        move |number| {
            let store = store.clone();
            async move {
                let create = Create {
                    subject: subject_number(number),
                    details: vec![number as u8; 100].into(),
                    ..family(sid(1))
                };
                store.create(create).await.expect("it serves");
            }
        }
    })
    .await;
    server.run("vacuum analyze reissue_session").await;
    let size = async || -> u64 {
        let query = "select pg_total_relation_size('reissue_session')";
        server.value(query).await.parse().expect("a number")
    };
    let before = size().await;
    for from in 0..rounds {
        let store = store.clone();
        each(sessions, move |number| {
            let store = store.clone();
            async move {
                let advance = Advance {
                    subject: subject_number(scattered(number, sessions)),
                    history: Duration::from_secs(1),
                    ..rotation(sid(1), from)
                };
                let advanced = store.advance(advance).await.expect("it serves");
                assert_eq!(advanced, Advanced::Done);
            }
        })
        .await;
    }
    let after = size().await;
    // The server's statistics come late.
    let hot = super::harness::until_ok(async || {
        let query = "select (100 * n_tup_hot_upd / n_tup_upd) || ' ' || n_tup_upd \
            from pg_stat_user_tables where relname = 'reissue_session' and n_tup_upd > 0";
        let value = server
            .value(&format!("select coalesce(({query}), '0 0')"))
            .await;
        let (hot, updates) = value.split_once(' ').expect("two numbers");
        let updates: u64 = updates.parse().expect("a number");
        if updates < u64::from(sessions) * rounds {
            return Err(reissue::store::StoreError::new(
                reissue::store::StoreErrorKind::Timeout,
            ));
        }
        Ok(hot.parse::<u64>().expect("a number"))
    })
    .await;
    report(format_args!(
        "{sessions} sessions, {rounds} rounds: {hot} % HOT, {before} bytes, then {after}; \
         {} bytes a session",
        after / u64::from(sessions)
    ));
    assert!(hot >= 99, "{hot} % of the updates were HOT");
    assert!(after * 10 <= before * 12, "from {before} to {after} bytes");
}

/// Does it for each number, 16 at once.
async fn each<F>(count: u32, work: impl Fn(u32) -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let mut workers = JoinSet::new();
    for worker in 0..16 {
        let work = work.clone();
        workers.spawn(async move {
            for number in (worker..count).step_by(16) {
                work(number).await;
            }
        });
    }
    workers.join_all().await;
}

/// Another order of the numbers below `count`: sessions are not refreshed in the order of their
/// logins.
fn scattered(number: u32, count: u32) -> u32 {
    let scattered = u64::from(number) * 7_919 % u64::from(count);
    u32::try_from(scattered).expect("it is below a number that fits")
}

fn subject_number(number: u32) -> SubjectKey {
    super::harness::subject_of(&number.to_string())
}
