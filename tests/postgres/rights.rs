//! A role that has the rights that the documentation lists, and no others.

use reissue::store::transfer::Transfer as _;
use reissue::store::{
    Consume, Create, OneTimeId, Replace, Revision, Revoke, SessionLimit, Store, WhenFull,
};
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind};
use reissue_tests::postgres::{PostgresServer, own_schema, shared_server};

use super::harness::{HOUR, build, family, kind, migrated, rotation, sid, subject};

#[tokio::test]
async fn the_rights_that_are_listed_are_enough() {
    let (schema, store) = limited().await;
    let server = shared_server();
    let (schema, rights) = (&schema, RIGHTS.replace("SCHEMA", &schema));
    server.run(&rights.replace("ROLE", schema)).await;

    store.migrate().await.expect("there is nothing to do");
    assert_eq!(store.ready().await.expect("it serves"), []);
    use_everything(&store).await;
}

#[tokio::test]
async fn a_role_without_rights_is_an_error_of_its_own() {
    let (_, store) = limited().await;
    let created = store.create(family(sid(1))).await;
    assert_eq!(kind(created), PostgresStoreErrorKind::MissingRights);
}

/// Sixty-four writes and more, so that a sweep is among them.
async fn use_everything(store: &PostgresStore) {
    for number in 0..70 {
        let limit = Some(SessionLimit {
            max: 2,
            when_full: WhenFull::EvictOldest,
        });
        let create = Create {
            limit,
            ..family(sid(number))
        };
        store.create(create).await.expect("create");
        store
            .advance(rotation(sid(number), 0))
            .await
            .expect("advance");
    }
    let replace = Replace {
        subject: subject(),
        sid: sid(69),
        revision: Revision::ORIGINAL,
        next: Revision::ORIGINAL.next(b"other"),
        details: "other".into(),
    };
    store.replace(replace).await.expect("replace");
    let listed = store.sessions(subject(), None, 10).await.expect("sessions");
    assert_eq!(listed.families.len(), 2);
    for revoke in [Revoke::One(sid(1)), Revoke::AllBut(sid(69)), Revoke::All] {
        store.revoke(subject(), revoke).await.expect("revoke");
    }
    let consume = Consume {
        id: OneTimeId::derive("https://id.example", "code", b"value"),
        lifetime: HOUR,
        is_revocation: true,
    };
    store.consume(consume).await.expect("consume");
    assert!(store.is_consumed(consume.id).await.expect("is_consumed"));
    store.create(family(sid(1))).await.expect("create");
    let page = store.export(None, 10).await.expect("export");
    let imported = store.import_sessions(page.sessions).await.expect("import");
    assert_eq!(imported.unchanged, 1);
    let page = store.export(page.next, 10).await.expect("export");
    let imported = store.import_one_time_ids(page.one_time_ids).await;
    assert_eq!(imported.expect("import").unchanged, 1);
}

/// A role that owns nothing, and a store that uses it on the tables of another.
async fn limited() -> (String, PostgresStore) {
    let server: &PostgresServer = shared_server();
    let schema = own_schema();
    migrated(PostgresStore::builder(server.url()).with_schema(&schema)).await;
    server.run(&format!("create role {schema} login")).await;
    let url = format!("postgres://{schema}@127.0.0.1:{}/postgres", server.port());
    let store = build(PostgresStore::builder(url).with_schema(&schema));
    (schema, store)
}

/// As the documentation of the crate lists them.
const RIGHTS: &str = "
    grant usage on schema SCHEMA to ROLE;
    grant select, insert, update, delete
      on SCHEMA.reissue_session, SCHEMA.reissue_subject, SCHEMA.reissue_one_time_id to ROLE;
    grant select on SCHEMA.reissue_migration to ROLE;
";
