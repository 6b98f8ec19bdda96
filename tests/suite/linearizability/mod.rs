//! Three nodes, sixty-four clients, and a nemesis: whatever happens to the store, there is an order
//! of all operations in which the [model](reissue_tests::model) returns the same responses.
//!
//! Each of the tests runs for ten seconds, and until every fault came once;
//! `REISSUE_TEST_SECONDS` sets how long, and `REISSUE_TEST_SEED` which faults come when.

mod checker;
mod client;
mod node;
mod run;

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::store::{BoxedStore, SubjectKey};
use reissue_redis::RedisStore;
use reissue_sqlite::SqliteStore;
use reissue_tests::ISSUER;
use reissue_tests::nemesis::{ClusterArena, SentinelArena, SingleArena, SqliteArena};
use reissue_tests::redis::slot_of_key;
use tokio::task::spawn_blocking;

use self::node::subject;
use self::run::{CLIENTS, NODES, Run, alone};

#[tokio::test(flavor = "multi_thread")]
async fn one_server_that_fails_in_every_way_responds_as_if_there_were_one_node() {
    let _alone = alone().await;
    let arena = start(|| SingleArena::start(NODES)).await;
    let stores = arena.urls().iter().map(|url| redis(url)).collect();
    let run = Run::new(stores).with_pause(40, 120).with_amendments();
    run.against(arena).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_master_that_fails_over_loses_nothing_but_what_is_healed() {
    let _alone = alone().await;
    let arena = start(SentinelArena::start).await;
    let stores = (0..NODES).map(|_| durable(&arena.url())).collect();
    let run = Run::new(stores).with_pause(200, 500);
    run.against(arena).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_moves_and_fails_over_loses_nothing_but_what_is_healed() {
    let _alone = alone().await;
    let slots: BTreeSet<u16> = (0..CLIENTS).map(slot).collect();
    let arena = start(|| ClusterArena::start(slots.into_iter().collect())).await;
    let stores = (0..NODES).map(|_| durable(&arena.url())).collect();
    let run = Run::new(stores).with_pause(200, 500);
    run.against(arena).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_others_use_too_responds_as_if_there_were_one_node() {
    let _alone = alone().await;
    let arena = start(SqliteArena::start).await;
    let node = |_| {
        let store = SqliteStore::open(arena.database()).expect("the file is good");
        BoxedStore::new(store)
    };
    let run = Run::new((0..NODES).map(node).collect()).with_amendments();
    run.against(arena).await;
}

fn redis(url: &str) -> BoxedStore {
    let store = RedisStore::builder(url).build();
    BoxedStore::new(store.expect("the configuration is good"))
}

/// Revocations are on a replica before they are confirmed.
fn durable(url: &str) -> BoxedStore {
    let store = RedisStore::builder(url)
        .with_durable_revocation(1, Duration::from_millis(300))
        .build();
    BoxedStore::new(store.expect("the configuration is good"))
}

async fn start<A: Send + 'static>(arena: impl FnOnce() -> A + Send + 'static) -> A {
    spawn_blocking(arena).await.expect("it starts")
}

/// Where the sessions of a client are.
fn slot(client: usize) -> u16 {
    let key = SubjectKey::derive(ISSUER, &subject(client));
    slot_of_key(format!(
        "reissue:{}",
        BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes())
    ))
}
