//! Three nodes, sixty-four clients, and a nemesis: the runs of the suite, on Postgres.

#[path = "../suite/linearizability/client.rs"]
mod client;
#[path = "../suite/linearizability/node.rs"]
mod node;
#[path = "../suite/linearizability/run.rs"]
mod run;

use std::time::Duration;

use reissue::store::BoxedStore;
use reissue_postgres::PostgresStore;
use reissue_tests::nemesis::{PostgresArena, PostgresFailoverArena};
use tokio::task::spawn_blocking;

use self::run::{NODES, Run, alone};

#[tokio::test(flavor = "multi_thread")]
async fn one_server_that_fails_in_every_way_responds_as_if_there_were_one_node() {
    let _alone = alone().await;
    let arena = spawn_blocking(PostgresArena::start).await;
    let arena = arena.expect("it starts");
    let run = Run::new(stores(&arena.urls(), false).await)
        .with_pause(40, 120)
        .with_amendments();
    run.against(arena).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_fails_over_loses_nothing_but_what_is_healed() {
    let _alone = alone().await;
    let arena = spawn_blocking(PostgresFailoverArena::start).await;
    let arena = arena.expect("it starts");
    let run = Run::new(stores(&arena.urls(), true).await).with_pause(200, 500);
    run.against(arena).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_that_takes_over_has_everything() {
    let _alone = alone().await;
    let arena = spawn_blocking(PostgresFailoverArena::start_synchronous).await;
    let arena = arena.expect("it starts");
    let run = Run::new(stores(&arena.urls(), false).await).with_pause(200, 500);
    run.against(arena).await;
}

/// A store for each node. Where revocations are durable, they are on the standby before they are
/// confirmed.
async fn stores(urls: &[String], are_durable: bool) -> Vec<BoxedStore> {
    assert_eq!(urls.len(), NODES);
    let mut stores = Vec::new();
    for url in urls {
        let mut store = PostgresStore::builder(url);
        if are_durable {
            store = store.with_durable_revocation(Duration::from_millis(300));
        }
        let store = store.build().expect("the configuration is good");
        store
            .migrate()
            .await
            .expect("the superuser may create tables");
        stores.push(BoxedStore::new(store));
    }
    stores
}
