//! Failovers that Sentinel decides, under load, and with writes that are lost in them.

use std::time::Duration;

use reissue::{Denial, PresentedToken};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::honest::Honest;
use reissue_tests::trusted;
use tokio::time::sleep;

use super::{Fleet, Watched, blocking, until_ok};

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_by_command_and_one_by_kill_log_nobody_out() {
    let watched = Watched::start().await;
    let fleet = Fleet::at(watched.sentinels.url());
    let tokens = fleet.login(16).await;
    watched.in_sync().await;
    let scenario = async {
        sleep(Duration::from_millis(500)).await;
        let promoted = watched.failover().await;
        assert_eq!(promoted, watched.second.port());
        let (first, second) = (watched.first.clone(), watched.second.clone());
        blocking(move || first.wait_in_sync(&second)).await;
        sleep(Duration::from_millis(500)).await;
        watched.second.kill();
        assert_eq!(watched.another_than(promoted).await, watched.first.port());
        sleep(Duration::from_secs(1)).await;
    };
    let (unharmed, ()) = fleet.endure(&seldom(), tokens, scenario).await;
    let longest = unharmed.report.longest;
    assert!(longest < Duration::from_secs(15), "{longest:?}");
    for (number, token) in unharmed.report.tokens.iter().enumerate() {
        let token = token.as_deref().expect("nobody was logged out");
        let record = fleet.record(number).await.expect("the session lives");
        assert_eq!(fleet.engine.generation_of(token), record.generation);
    }
    assert_eq!(fleet.witness.count("Reused"), 0, "no false alarm");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_lost_in_a_failover_is_healed_forward() {
    let watched = Watched::start().await;
    let fleet = Fleet::at(watched.sentinels.url());
    let token = fleet.login(1).await.remove(0);
    let kept = fleet.engine.successor(&token).await;
    watched.in_sync().await;
    watched.freeze_second().await;
    let lost = fleet.engine.successor(&kept).await;
    assert_eq!(fleet.engine.generation_of(&lost), 2);
    watched.lose_first().await;

    let refresh = async || fleet.engine.refresh(&lost).await;
    let tokens = until_ok(Duration::from_secs(20), refresh).await;
    let successor = super::fleet::successor(&tokens);
    assert_eq!(fleet.engine.generation_of(&successor), 3);
    let record = fleet.record(0).await.expect("the session lives");
    assert_eq!(record.generation, 3);
    assert_eq!(fleet.witness.count("Healed"), 1, "the rotation was lost");
    let successor = fleet.engine.successor(&successor).await;
    assert_eq!(fleet.engine.generation_of(&successor), 4);
    assert_eq!(fleet.witness.count("Reused"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_a_failover_could_lose_is_not_answered_with_200() {
    let watched = Watched::start().await;
    let store = RedisStore::builder(watched.sentinels.url())
        .with_durable_revocation(1, Duration::from_millis(200));
    let fleet = Fleet::over(store.build().expect("the configuration is good"));
    let token = fleet.login(1).await.remove(0);
    watched.in_sync().await;
    watched.freeze_second().await;
    let revoke = async || {
        let (web, token) = (trusted("web"), PresentedToken::new(&token));
        let revoked = fleet.engine.server.revoke(&web, token).await;
        revoked.map_err(Denial::from)
    };
    drop(fleet.witness.take_kinds());
    assert_eq!(revoke().await, Err(Denial::StoreUnavailable));
    assert_eq!(fleet.witness.take_kinds(), [Kind::NotDurable]);
    watched.lose_first().await;

    // It was lost: without the 503 nobody would know.
    let refresh = async || fleet.engine.refresh(&token).await;
    until_ok(Duration::from_secs(20), refresh).await;
    assert_eq!(revoke().await, Err(Denial::StoreUnavailable), "no replica");
    let (first, second) = (watched.first.clone(), watched.second.clone());
    blocking(move || {
        first.restart();
        first.replica_of(&second);
        first.wait_in_sync(&second);
    })
    .await;
    until_ok(Duration::from_secs(10), revoke).await;
    watched.second.kill();
    watched.another_than(watched.second.port()).await;
    let refused = async || match fleet.engine.refresh(&token).await {
        Err(Denial::StoreUnavailable) => Err(Denial::StoreUnavailable),
        other => Ok(other.err()),
    };
    let refused = until_ok(Duration::from_secs(10), refused).await;
    assert_eq!(refused, Some(Denial::SessionMissing), "this time it holds");
}

/// Replication is asynchronous, so a failover may lose writes; sessions that go through more
/// generations in that time than may be healed do not exist outside tests.
fn seldom() -> Honest {
    Honest::new(Duration::from_secs(30)).with_pause(Duration::from_millis(400))
}
