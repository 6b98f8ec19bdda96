//! A master, a replica, and those who watch them.

use std::time::Duration;

use reissue::Timestamp;
use reissue::store::contract::{self, Harness};
use reissue::store::{Advanced, Store};
use reissue_redis::RedisStore;

use super::server::{Answer, Server, free_port};
use super::{family, rotation, sid, subject, until_ok};

struct Watched {
    master: Server,
    replica: Server,
    sentinels: Vec<Server>,
}

impl Watched {
    fn start() -> Self {
        let master = Server::start();
        let replica = Server::with(&["--replicaof", "127.0.0.1", &master.port.to_string()]);
        let sentinels: Vec<Server> = (0..3).map(|_| Server::sentinel(master.port)).collect();
        let watched = Self {
            master,
            replica,
            sentinels,
        };
        let patience = std::time::Instant::now() + Duration::from_secs(30);
        while !watched.all_know_each_other() {
            assert!(
                std::time::Instant::now() < patience,
                "sentinels do not meet"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        watched
    }

    fn all_know_each_other(&self) -> bool {
        self.sentinels.iter().all(|sentinel| {
            let line = sentinel.info("sentinel", "master0");
            line.contains("slaves=1") && line.contains("sentinels=3")
        }) && self.replica.info("replication", "master_link_status") == "up"
    }

    fn store(&self) -> RedisStore {
        let hosts: Vec<String> = self
            .sentinels
            .iter()
            .map(|sentinel| format!("127.0.0.1:{}", sentinel.port))
            .collect();
        let prefix = format!("{}:", free_port());
        RedisStore::connect(format!("redis-sentinel://{}/main", hosts.join(",")))
            .with_prefix(prefix)
            .build()
            .expect("a good URL")
    }
}

impl Harness for Watched {
    type Store = RedisStore;

    async fn store(&self) -> RedisStore {
        Watched::store(self)
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn now(&self) -> Timestamp {
        self.master.now()
    }
}

#[tokio::test]
async fn the_contract_is_kept_behind_sentinel_and_failovers_are_followed() {
    let watched = Watched::start();
    contract::run(&watched).await;

    let store = watched.store();
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    watched.master.ask(&["WAIT", "1", "1000"]);
    let asked = watched.sentinels[0].ask(&["SENTINEL", "FAILOVER", "main"]);
    assert_eq!(asked, Answer::Text(b"OK".to_vec()));
    let patience = std::time::Instant::now() + Duration::from_secs(20);
    let mut from = 1;
    while watched.replica.info("replication", "role") != "master" {
        assert!(std::time::Instant::now() < patience, "no failover");
        if let Ok(advanced) = store.advance(rotation(sid(1), from)).await {
            assert_eq!(advanced, Advanced::Done);
            from += 1;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for _ in 0..20 {
        let advanced = until_ok(
            async || store.advance(rotation(sid(1), from)).await,
            Duration::from_secs(10),
        );
        // What the old master took after it was demoted is lost: the engine heals that, not the store.
        match advanced.await {
            Advanced::Conflict(record) => from = record.generation,
            _ => from += 1,
        }
    }
}

#[tokio::test]
async fn a_killed_master_is_succeeded() {
    let mut watched = Watched::start();
    let store = watched.store();
    store.create(family(sid(1))).await.expect("it serves");
    store.advance(rotation(sid(1), 0)).await.expect("it serves");
    watched.master.ask(&["INFO"]);
    let synced = std::time::Instant::now() + Duration::from_secs(5);
    while watched.replica.ask(&["DBSIZE"]).number() == 0 {
        assert!(std::time::Instant::now() < synced, "nothing is replicated");
    }
    watched.master.kill();
    let record = until_ok(
        async || store.load(subject(), sid(1)).await,
        Duration::from_secs(20),
    )
    .await;
    let from = record.expect("it was replicated").generation;
    let advanced = store.advance(rotation(sid(1), from)).await;
    assert_eq!(advanced.ok(), Some(Advanced::Done));
    assert_eq!(watched.replica.info("replication", "role"), "master");
}
