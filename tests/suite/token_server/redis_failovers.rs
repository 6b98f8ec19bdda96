//! Nodes of Redis are killed and come back while clients of the token server refresh in a loop:
//! none is logged out.

use std::sync::Arc;

use reissue_tests::redis::{Cluster, RedisServer};

use super::redis_loop::{CLIENTS, Loop};
use crate::redis_faults::{Watched, blocking, slot_of_client};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_and_loads_its_file_logs_nobody_out() {
    let redis = Arc::new(RedisServer::builder().durable().start());
    let clients = Loop::at(&redis.url()).await;
    let scenario = async |clients: &Loop| {
        for _ in 0..3 {
            clients.goes_on().await;
            clients.notices(|| redis.kill()).await;
            let redis = redis.clone();
            blocking(move || redis.restart()).await;
            clients.is_ready().await;
        }
        clients.goes_on().await;
    };
    let log = clients.endure(scenario).await;
    assert!(!log.contains("healed"), "nothing was lost: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn masters_that_are_killed_behind_sentinel_log_nobody_out() {
    let watched = Watched::start().await;
    let clients = Loop::at(&watched.sentinels.url()).await;
    let (first, second) = (watched.first.clone(), watched.second.clone());
    let scenario = async |clients: &Loop| {
        clients.goes_on().await;
        // A replica that lags by more than is healed loses sessions, on whatever machine that is
        // busy enough.
        watched.in_sync().await;
        clients.meets(|| first.kill()).await;
        assert_eq!(watched.another_than(first.port()).await, second.port());
        clients.is_ready().await;
        clients.goes_on().await;

        // It comes back empty, as a master; the sentinels make it a replica.
        let (one, other) = (first.clone(), second.clone());
        blocking(move || {
            one.restart();
            one.wait_in_sync(&other);
        })
        .await;
        clients.goes_on().await;

        watched.sentinels.kill(0);
        let (one, other) = (first.clone(), second.clone());
        blocking(move || one.wait_in_sync(&other)).await;
        clients.meets(|| second.kill()).await;
        assert_eq!(watched.another_than(second.port()).await, first.port());
        clients.is_ready().await;
        clients.goes_on().await;
    };
    clients.endure(scenario).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_that_are_lost_in_a_failover_log_nobody_out() {
    let watched = Watched::start().await;
    let mut clients = Loop::at(&watched.sentinels.url()).await;
    watched.in_sync().await;
    watched.freeze_second().await;
    clients.refresh_once().await;
    let scenario = async |clients: &Loop| {
        watched.lose_first().await;
        clients.is_ready().await;
        clients.goes_on().await;
    };
    let log = clients.endure(scenario).await;
    let healed = log.matches("record fast-forwarded").count();
    assert_eq!(healed, CLIENTS, "each had lost one: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn masters_that_are_killed_in_a_cluster_log_nobody_out() {
    let cluster = Arc::new(blocking(Cluster::start).await);
    let clients = Loop::at(&cluster.url()).await;
    let slot = slot_of_client(0);
    let masters: Vec<_> = (0..CLIENTS)
        .map(|client| cluster.master_of(slot_of_client(client)))
        .collect();
    let scenario = async |clients: &Loop| {
        clients.goes_on().await;
        let old = clients.meets(|| cluster.kill_master_of(slot)).await;
        clients.goes_on_for(|client| masters[client] != old).await;
        let promoted = another_than(&cluster, slot, old).await;
        clients.is_ready().await;
        clients.goes_on().await;
        comes_back(&cluster, old).await;
        clients.goes_on().await;

        clients.meets(|| cluster.nodes()[promoted].kill()).await;
        assert_eq!(another_than(&cluster, slot, promoted).await, old);
        clients.is_ready().await;
        comes_back(&cluster, promoted).await;
        clients.goes_on().await;
    };
    clients.endure(scenario).await;
}

async fn another_than(cluster: &Arc<Cluster>, slot: u16, old: usize) -> usize {
    let cluster = cluster.clone();
    blocking(move || cluster.wait_for_another_master(slot, old)).await
}

async fn comes_back(cluster: &Arc<Cluster>, node: usize) {
    let cluster = cluster.clone();
    blocking(move || {
        cluster.nodes()[node].restart();
        cluster.wait_until_whole();
    })
    .await;
}
