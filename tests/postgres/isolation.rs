//! Databases whose transactions are stricter by default.

use reissue::store::{Advance, Advanced, Attempt, Create, Created, SessionLimit, Store, WhenFull};
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::shared_server;
use tokio::task::JoinSet;

use super::harness::{PATIENCE, family, migrated, rotation, sid, subject};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stricter_isolation_by_default_changes_nothing() {
    let server = shared_server();
    for (level, name) in [
        ("serializable", "strict"),
        ("repeatable read", "repeatable"),
    ] {
        server
            .run(&format!("create database {name} template template0"))
            .await;
        server
            .run(&format!(
                "alter database {name} set default_transaction_isolation = '{level}'"
            ))
            .await;
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}", server.port());
        let builder = PostgresStore::builder(url).with_response_timeout(PATIENCE);
        let store = migrated(builder).await;
        store.create(family(sid(0))).await.expect("it serves");

        let mut clients = JoinSet::new();
        for client in 0..16_u8 {
            let store = store.clone();
            clients.spawn(async move {
                let advance = Advance {
                    attempt: Attempt::from_bytes([client + 1; 8]),
                    ..rotation(sid(0), 0)
                };
                let advanced = store.advance(advance).await.expect("it serves");
                let create = Create {
                    limit: Some(SessionLimit {
                        max: 5,
                        when_full: WhenFull::Refuse,
                    }),
                    ..family(sid(client + 1))
                };
                let created = store.create(create).await.expect("it serves");
                (advanced == Advanced::Done, created != Created::Full)
            });
        }
        let outcomes = clients.join_all().await;
        let advanced = outcomes.iter().filter(|(advanced, _)| *advanced).count();
        assert_eq!(advanced, 1, "{level}");
        let created = outcomes.iter().filter(|(_, created)| *created).count();
        assert_eq!(created, 4, "{level}");
        let record = store.load(subject(), sid(0)).await.expect("it serves");
        assert_eq!(record.expect("it lives").conflicts, 15, "{level}");
    }
}
