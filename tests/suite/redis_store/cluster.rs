//! Three masters that share the slots, with a replica each.

use std::sync::Arc;
use std::time::Duration;

use reissue::store::{Advance, Advanced, Create, Revoke, Store, SubjectKey, contract};
use reissue_redis::{RedisStore, RedisStoreErrorKind as Kind};
use reissue_tests::redis::{Cluster, slot_of_key};

use super::harness::Harness;
use super::{family, kind, rotation, sid, subject, until_ok};

#[tokio::test]
async fn the_contract_is_kept_in_a_cluster() {
    let cluster = Cluster::start();
    let harness = harness(&cluster);
    contract::run(&harness).await;

    let findings = harness.store().ready().await.expect("it serves");
    assert_eq!(findings.len(), 3, "one for each master: {findings:?}");
    assert!(
        findings
            .iter()
            .all(|finding| finding.code == "no-persistence")
    );

    let store = RedisStore::builder(cluster.url())
        .with_durable_revocation(2, Duration::from_millis(50))
        .build()
        .expect("a good URL");
    store.create(family(sid(1))).await.expect("it serves");
    let revoked = store.revoke(subject(), Revoke::One(sid(1))).await;
    assert_eq!(kind(revoked), Kind::NotDurable, "there is one replica");
    assert_eq!(store.load(subject(), sid(1)).await.ok(), Some(None));
}

#[tokio::test]
async fn the_documented_rights_are_enough_in_a_cluster() {
    let cluster = Cluster::start();
    let rights = "ACL SETUSER app on >pw ~reissue:* +eval +evalsha +time +get +set +unlink +hget \
        +hset +hdel +hlen +hvals +hgetall +hscan +hrandfield +persist +pexpireat +pexpiretime \
        +info +config|get +wait +cluster|slots +cluster|myid +asking";
    let words: Vec<&str> = rights.split_whitespace().collect();
    for node in cluster.nodes() {
        node.cli(&words);
    }
    let store = RedisStore::builder(cluster.url())
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
    let cluster = Arc::new(Cluster::start());
    let store = harness(&cluster).store();
    let subjects: Vec<SubjectKey> = (0..64).map(numbered).collect();
    for subject in &subjects {
        let create = Create {
            subject: *subject,
            ..family(sid(1))
        };
        store.create(create).await.expect("it serves");
    }
    let slots = slots(&cluster);
    let reshard = std::thread::spawn({
        let cluster = Arc::clone(&cluster);
        move || {
            let mut turns = 0..3 * slots.len();
            cluster.reshard(&slots, || turns.next().is_some())
        }
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
    let moved = reshard.join().expect("the slots were moved");
    assert!(moved > 150, "{moved} slots are hardly any");
    assert!(from > 3, "{from} rounds are no load");
}

#[tokio::test]
async fn a_frozen_node_does_not_hurt_the_others() {
    // So that it is nobody else who serves what the frozen node has.
    let cluster = Cluster::start_with(&["cluster-replica-no-failover yes"]);
    let store = harness(&cluster).store();
    for number in 0..32 {
        let create = Create {
            subject: numbered(number),
            ..family(sid(1))
        };
        store.create(create).await.expect("it serves");
    }
    cluster.nodes()[2].stop();
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
    cluster.nodes()[2].cont();
    assert_eq!(rounds[0], rounds[1]);
    assert_eq!(rounds[0], rounds[2]);
    let served = rounds[0].iter().filter(|served| **served).count();
    assert!(
        (12..32).contains(&served),
        "{served} of 32 on two of three masters"
    );
    for number in 0..32 {
        until_ok(
            async || store.load(numbered(number), sid(1)).await,
            Duration::from_secs(10),
        )
        .await;
    }
}

fn harness(cluster: &Cluster) -> Harness<'_> {
    Harness::with(RedisStore::builder(cluster.url()), &cluster.nodes()[0])
}

/// The slots that have keys.
fn slots(cluster: &Cluster) -> Vec<u16> {
    let masters = cluster.masters().into_iter();
    let keys = masters.map(|index| cluster.nodes()[index].cli(&["KEYS", "*"]));
    let slots = keys.flat_map(|keys| keys.lines().map(slot_of_key).collect::<Vec<_>>());
    slots.collect()
}

fn numbered(number: u32) -> SubjectKey {
    SubjectKey::derive("https://id.example", &number.to_string())
}
