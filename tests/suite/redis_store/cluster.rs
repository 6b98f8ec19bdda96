//! Three masters that share the slots.

use std::process::Command;
use std::time::Duration;

use reissue::Timestamp;
use reissue::store::contract::{self, Harness};
use reissue::store::{Advance, Advanced, Create, Revoke, Store, SubjectKey};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};

use super::server::{Server, free_port};
use super::{family, kind, rotation, sid, subject, until_ok};

struct Cluster(Vec<Server>);

impl Cluster {
    fn start() -> Self {
        let node =
            |_| Server::with(&["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]);
        let nodes: Vec<Server> = (0..3).map(node).collect();
        let addresses = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port));
        let made = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(addresses)
            .arg("--cluster-yes")
            .output()
            .expect("redis-cli is installed");
        assert!(made.status.success(), "{made:?}");
        let patience = std::time::Instant::now() + Duration::from_secs(20);
        for node in &nodes {
            let state = || node.ask(&["CLUSTER", "INFO"]).text();
            while !state().contains("cluster_state:ok") {
                assert!(std::time::Instant::now() < patience, "no cluster");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Self(nodes)
    }

    fn url(&self) -> String {
        let hosts: Vec<String> = self
            .0
            .iter()
            .map(|node| format!("127.0.0.1:{}", node.port))
            .collect();
        format!("redis-cluster://{}", hosts.join(","))
    }
}

impl Harness for Cluster {
    type Store = RedisStore;

    async fn store(&self) -> RedisStore {
        let prefix = format!("{}:", free_port());
        let store = RedisStore::connect(self.url()).with_prefix(prefix);
        store.build().expect("a good URL")
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn now(&self) -> Timestamp {
        self.0[0].now()
    }
}

#[tokio::test]
async fn the_contract_is_kept_in_a_cluster() {
    let cluster = Cluster::start();
    contract::run(&cluster).await;

    let findings = cluster.store().await.ready().await.expect("it serves");
    assert_eq!(findings.len(), 3, "one for each node: {findings:?}");
    assert!(
        findings
            .iter()
            .all(|finding| finding.code == "no-persistence")
    );

    let store = RedisStore::connect(cluster.url())
        .with_durable_revocation(1, Duration::from_millis(50))
        .build()
        .expect("a good URL");
    store.create(family(sid(1))).await.expect("it serves");
    let revoked = store.revoke(subject(), Revoke::One(sid(1))).await;
    assert_eq!(kind(revoked), Kind::NotDurable, "there is no replica");
    assert_eq!(store.load(subject(), sid(1)).await.ok(), Some(None));
}

#[tokio::test]
async fn the_documented_rights_are_enough_in_a_cluster() {
    let cluster = Cluster::start();
    let rights = "ACL SETUSER app on >pw ~reissue:* +eval +evalsha +time +get +set +unlink +hget \
        +hset +hdel +hlen +hvals +hgetall +hscan +hrandfield +persist +pexpireat +pexpiretime \
        +info +config|get +wait +cluster|slots +cluster|myid +asking";
    let words: Vec<&str> = rights.split_whitespace().collect();
    for node in &cluster.0 {
        node.ask(&words);
    }
    let store = RedisStore::connect(cluster.url())
        .with_username("app")
        .with_password("pw");
    let store = store.build().expect("a good configuration");
    store.create(family(sid(1))).await.expect("it serves");
    let findings = store.ready().await.expect("it serves");
    assert!(
        findings
            .iter()
            .all(|finding| finding.code == "no-persistence"),
        "{findings:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_move_under_load_and_nobody_notices() {
    let cluster = Cluster::start();
    let store = cluster.store().await;
    let subjects: Vec<SubjectKey> = (0..64).map(numbered).collect();
    for subject in &subjects {
        let create = Create {
            subject: *subject,
            ..family(sid(1))
        };
        store.create(create).await.expect("it serves");
    }
    let target = cluster.0[0].ask(&["CLUSTER", "MYID"]).text();
    let entrance = format!("127.0.0.1:{}", cluster.0[0].port);
    let reshard = std::thread::spawn(move || {
        let moved = Command::new("redis-cli")
            .args(["--cluster", "reshard", &entrance])
            .args(["--cluster-from", "all", "--cluster-to", &target])
            .args(["--cluster-slots", "2000", "--cluster-yes"])
            .output()
            .expect("redis-cli is installed");
        assert!(moved.status.success(), "{moved:?}");
    });
    let mut from = 0;
    while !reshard.is_finished() {
        for subject in &subjects {
            let advance = Advance {
                subject: *subject,
                ..rotation(sid(1), from)
            };
            let advanced = store.advance(advance).await;
            assert_eq!(advanced.expect("no error"), Advanced::Done);
        }
        from += 1;
    }
    reshard.join().expect("the slots were moved");
    assert!(from > 3, "{from} rounds are no load");
}

#[tokio::test]
async fn a_frozen_node_does_not_hurt_the_others() {
    let cluster = Cluster::start();
    for node in &cluster.0 {
        node.ask(&["CONFIG", "SET", "cluster-require-full-coverage", "no"]);
    }
    let store = cluster.store().await;
    for number in 0..32 {
        let create = Create {
            subject: numbered(number),
            ..family(sid(1))
        };
        store.create(create).await.expect("it serves");
    }
    cluster.0[2].freeze();
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let loads = (0..32).map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.load(numbered(number), sid(1)).await.is_ok() })
        });
        let mut served = Vec::new();
        for load in loads.collect::<Vec<_>>() {
            served.push(load.await.expect("no panic"));
        }
        rounds.push(served);
    }
    cluster.0[2].thaw();
    assert_eq!(rounds[0], rounds[1]);
    assert_eq!(rounds[0], rounds[2]);
    let served = rounds[0].iter().filter(|served| **served).count();
    assert!(
        (12..32).contains(&served),
        "{served} of 32 on two of three nodes"
    );
    for number in 0..32 {
        until_ok(
            async || store.load(numbered(number), sid(1)).await,
            Duration::from_secs(10),
        )
        .await;
    }
}

fn numbered(number: u32) -> SubjectKey {
    SubjectKey::derive("https://id.example", &number.to_string())
}
