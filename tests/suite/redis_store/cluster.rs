//! Three masters that share the slots.

use std::process::Command;
use std::time::Duration;

use reissue::Timestamp;
use reissue::store::contract::{self, Harness};
use reissue::store::{Revoke, Store};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};

use super::server::{Server, free_port};
use super::{family, kind, sid, subject};

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
