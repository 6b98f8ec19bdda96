//! A server that forgets its scripts.

use std::thread;
use std::time::{Duration, Instant};

use reissue_tests::honest::Honest;
use reissue_tests::redis::RedisServer;
use reissue_tests::resp::RespClient;
use reissue_tests::{report, usual_or_long};
use tokio::task::spawn_blocking;

use super::Fleet;

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_are_flushed_all_the_time_cost_an_eval_and_no_error() {
    let server = RedisServer::start();
    let fleet = Fleet::at(server.url());
    let tokens = fleet.login(8).await;
    let lasts = usual_or_long(Duration::from_secs(2), Duration::from_secs(60));
    let flushing = {
        let mut admin = RespClient::connect(server.port()).expect("it listens");
        spawn_blocking(move || {
            let began = Instant::now();
            let mut flushes = 0;
            while began.elapsed() < lasts {
                admin.call(&["SCRIPT", "FLUSH"]).expect("it responds");
                flushes += 1;
                // By the clock, so that a hundred a second are a hundred.
                thread::sleep((flushes * TEN_MS).saturating_sub(began.elapsed()));
            }
            flushes
        })
    };
    let honest = Honest::new(Duration::from_secs(20)).with_pause(Duration::from_millis(2));
    let scenario = async { flushing.await.expect("it flushes") };
    let (unharmed, flushes) = fleet.endure(&honest, tokens, scenario).await;
    let refreshes = unharmed.report.refreshes;
    report(format_args!(
        "{refreshes} refreshes, {flushes} flushes in {lasts:?}"
    ));
    assert!(lasts.as_secs() * 90 < u64::from(flushes), "{flushes}");
    assert_eq!(unharmed.report.retries, 0, "nobody saw an error");
    assert_eq!(unharmed.kinds, []);
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

const TEN_MS: Duration = Duration::from_millis(10);
