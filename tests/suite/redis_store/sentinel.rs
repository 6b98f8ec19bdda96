//! A master, a replica, and those who watch them.

use std::sync::Arc;
use std::time::Duration;

use reissue::store::{Advanced, Store, contract};
use reissue_redis::RedisStore;
use reissue_tests::redis::{RedisServer, Sentinels};

use super::harness::Harness;
use super::{family, rotation, sid, subject, until_ok};

struct Watched {
    master: RedisServer,
    replica: RedisServer,
    sentinels: Arc<Sentinels>,
}

impl Watched {
    fn start() -> Self {
        let master = RedisServer::start();
        let replica = RedisServer::start();
        replica.replica_of(&master);
        replica.wait_in_sync(&master);
        let sentinels = Arc::new(Sentinels::start(&master, 1));
        Self {
            master,
            replica,
            sentinels,
        }
    }

    fn harness(&self) -> Harness<'_> {
        Harness::with(RedisStore::builder(self.sentinels.url()), &self.master)
    }

    fn is_replica_promoted(&self) -> bool {
        let role = self.replica.info("replication", "role");
        role.is_some_and(|role| role == "master")
    }
}

#[tokio::test]
async fn the_contract_is_kept_behind_sentinel_and_failovers_are_followed() {
    let watched = Watched::start();
    let harness = watched.harness();
    contract::run(&harness).await;

    let store = harness.store();
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    watched.replica.wait_in_sync(&watched.master);
    let failover = std::thread::spawn({
        let sentinels = Arc::clone(&watched.sentinels);
        move || sentinels.failover()
    });
    let patience = std::time::Instant::now() + Duration::from_secs(20);
    let mut from = 1;
    while !watched.is_replica_promoted() {
        assert!(std::time::Instant::now() < patience, "no failover");
        if let Ok(advanced) = store.advance(rotation(sid(1), from)).await {
            assert_eq!(advanced, Advanced::Done);
            from += 1;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let promoted = failover.join().expect("the sentinels agree");
    assert_eq!(promoted, watched.replica.port());
    for _ in 0..20 {
        let advanced = until_ok(
            async || store.advance(rotation(sid(1), from)).await,
            Duration::from_secs(10),
        );
        // What the old master took after it was demoted is lost: the engine heals that, not the
        // store.
        match advanced.await {
            Advanced::Conflict(record) => from = record.generation,
            _ => from += 1,
        }
    }
}

#[tokio::test]
async fn a_killed_master_is_succeeded() {
    let watched = Watched::start();
    let store = watched.harness().store();
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    watched.replica.wait_in_sync(&watched.master);
    watched.master.kill();
    let record = until_ok(
        async || store.load(subject(), sid(1)).await,
        Duration::from_secs(20),
    )
    .await;
    let from = record.expect("it was replicated").generation;
    let advanced = store.advance(rotation(sid(1), from)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done));
    assert!(watched.is_replica_promoted());
}
