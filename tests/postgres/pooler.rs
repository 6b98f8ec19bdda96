//! PgBouncer in transaction mode: each statement may go to another connection of the server.

use reissue::store::{Advanced, Revoke, Store};
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::{Pooler, own_schema, shared_server};
use tokio::task::JoinSet;

use super::harness::{PATIENCE, family, migrated, rotation, sid, subject};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_served_through_a_pooler() {
    let pooler = Pooler::start(shared_server(), 2);
    let builder = PostgresStore::builder(pooler.url())
        .with_schema(own_schema())
        .with_response_timeout(PATIENCE);
    let store = migrated(builder).await;
    let mut clients = JoinSet::new();
    for client in 0..16 {
        let store = store.clone();
        clients.spawn(async move {
            store.create(family(sid(client))).await.expect("it serves");
            for from in 0..20 {
                let advanced = store.advance(rotation(sid(client), from)).await;
                assert_eq!(advanced.expect("it serves"), Advanced::Done);
            }
        });
    }
    clients.join_all().await;
    let revoked = store.revoke(subject(), Revoke::All).await;
    assert_eq!(revoked.expect("it serves"), 16);
    assert_eq!(store.ready().await.expect("it serves"), []);
}
