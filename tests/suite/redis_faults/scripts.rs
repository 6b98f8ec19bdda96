//! A server that forgets its scripts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use reissue_tests::honest::Honest;
use reissue_tests::redis::RedisServer;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Fleet;

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_are_flushed_all_the_time_cost_an_eval_and_no_error() {
    let server = Arc::new(RedisServer::start());
    let fleet = Fleet::at(server.url());
    let tokens = fleet.login(8).await;
    let over = Arc::new(AtomicBool::new(false));
    let flushing = {
        let (server, over) = (server.clone(), over.clone());
        spawn_blocking(move || {
            let mut flushes = 0;
            while !over.load(Ordering::Relaxed) {
                server.cli(&["SCRIPT", "FLUSH"]);
                flushes += 1;
                thread::sleep(Duration::from_millis(10));
            }
            flushes
        })
    };
    let honest = Honest::new(Duration::from_secs(20)).with_pause(Duration::from_millis(2));
    let scenario = sleep(Duration::from_secs(2));
    let (unharmed, ()) = fleet.endure(&honest, tokens, scenario).await;
    over.store(true, Ordering::Relaxed);
    assert!(flushing.await.expect("it flushes") > 50);
    assert_eq!(unharmed.report.retries, 0, "nobody saw an error");
    assert_eq!(fleet.witness.take_kinds(), []);
    fleet.assert_advanced_once(&unharmed).await;

    let asked = unharmed.report.refreshes + 8 + 8;
    assert_eq!(server.command_stats("evalsha"), asked);
    let unknown = failed(&server, "evalsha");
    assert!(unknown > 20, "{unknown}");
    assert_eq!(server.command_stats("eval"), unknown, "one for each");
}

/// How many calls of a command failed, by the server's own statistics.
fn failed(server: &RedisServer, command: &str) -> u64 {
    let line = server.info("commandstats", &format!("cmdstat_{command}"));
    let line = line.expect("it was called");
    let failed = line.split(',').find_map(|field| {
        let count = field.strip_prefix("failed_calls=")?;
        count.parse().ok()
    });
    failed.expect("it counts failures")
}
