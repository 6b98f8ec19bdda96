//! What has expired goes, without a job.

use std::time::Duration;

use reissue::store::{Consume, Consumed, OneTimeId, Store, StoreError, StoreErrorKind};
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::{own_schema, shared_server};
use reissue_tests::{report, usual_or_long};

use super::harness::{family, migrated, rotation, sid};

/// A database that was left with many expired sessions shrinks while it serves, in chunks that hold
/// nothing up.
#[tokio::test]
async fn expired_sessions_and_ids_go_while_others_refresh() {
    let expired = usual_or_long(10_000_u32, 1_000_000);
    let server = shared_server();
    let schema = own_schema();
    let store = migrated(PostgresStore::builder(server.url()).with_schema(&schema)).await;
    server
        .run(&format!(
            "insert into {schema}.reissue_session \
                (subject, sid, created_at, rotated_at, idle, expires_at, details) \
                select sha256(int8send(i)), substr(sha256(int8send(-i)), 1, 16), 0, 0, \
                    case i % 2 when 0 then 1 end, case i % 2 when 1 then 1 end, '' \
                from generate_series(1, {expired}) i; \
            insert into {schema}.reissue_one_time_id \
                select sha256(int8send(i)), 1, '' from generate_series(1, {expired}) i;"
        ))
        .await;
    store.create(family(sid(1))).await.expect("it serves");
    let consume = Consume {
        id: OneTimeId::derive("https://id.example", "code", b"value"),
        lifetime: Duration::from_secs(3_600),
        is_revocation: false,
    };
    store.consume(consume).await.expect("it serves");

    // Each 64th write looks at 256, and begins anywhere.
    let writes = u64::from(expired / 256 + 2) * 64;
    let mut from = 0;
    while from < writes {
        store
            .advance(rotation(sid(1), from))
            .await
            .expect("it serves");
        from += 1;
    }
    // The last sweeps may come late.
    super::harness::until_ok(async || {
        let count = |table: &str| format!("select count(*) from {schema}.{table}");
        let sessions = server.value(&count("reissue_session")).await;
        let ids = server.value(&count("reissue_one_time_id")).await;
        match (&*sessions, &*ids) {
            ("1", "1") => Ok(()),
            _ => {
                from += 1;
                store.advance(rotation(sid(1), from - 1)).await?;
                Err(StoreError::new(StoreErrorKind::Timeout))
            }
        }
    })
    .await;
    report(format_args!(
        "{expired} expired sessions went with {from} writes"
    ));
    assert!(from < writes + 256, "{from} writes for {expired} sessions");
    assert_eq!(store.consume(consume).await.ok(), Some(Consumed::Already));
}
