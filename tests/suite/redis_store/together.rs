//! Commands that wait at the same moment are sent together.

use reissue::store::{Advanced, Store as _};
use reissue_tests::redis::RedisServer;
use reissue_tests::report;
use tokio::task::JoinSet;

use super::harness::store;
use super::{family, rotation, sid};

#[tokio::test]
async fn refreshes_that_are_ready_at_once_reach_redis_together_on_one_thread() {
    assert_few_reads().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshes_that_are_ready_at_once_reach_redis_together_on_two_threads() {
    assert_few_reads().await;
}

/// 64 sessions refresh in a loop, without anything between, so that many are ready at once.
async fn assert_few_reads() {
    let server = RedisServer::start();
    let store = store(&server);
    for number in 0..SESSIONS {
        store.create(family(sid(number))).await.expect("it serves");
        let advanced = store.advance(rotation(sid(number), 0)).await;
        assert_eq!(advanced.expect("it serves"), Advanced::Done);
    }
    let before = reads(&server);
    let mut sessions = JoinSet::new();
    for number in 0..SESSIONS {
        let store = store.clone();
        sessions.spawn(async move {
            for from in 1..=REFRESHES {
                let advanced = store.advance(rotation(sid(number), from)).await;
                assert_eq!(advanced.expect("it serves"), Advanced::Done);
            }
        });
    }
    sessions.join_all().await;
    let commands = u64::from(SESSIONS) * REFRESHES;
    let reads = reads(&server) - before;
    report(format_args!("{commands} commands in {reads} reads"));
    assert!(reads < commands / 4, "{commands} commands in {reads} reads");
}

/// How often the server has read from a connection.
fn reads(server: &RedisServer) -> u64 {
    let reads = server.info("stats", "total_reads_processed");
    reads
        .and_then(|reads| reads.parse().ok())
        .expect("a number")
}

const SESSIONS: u8 = 64;
const REFRESHES: u64 = 50;
