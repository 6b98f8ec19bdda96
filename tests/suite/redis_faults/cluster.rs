//! A cluster whose slots move, and one that loses a shard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::store::SubjectKey;
use reissue_redis::RedisStoreErrorKind as Kind;
use reissue_tests::ISSUER;
use reissue_tests::honest::{Honest, Outcome};
use reissue_tests::redis::{Cluster, slot_of_key};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Fleet;
use super::fleet::subject;

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_move_under_load_cause_no_error() {
    let cluster = start(&[]).await;
    let fleet = Fleet::at(cluster.url());
    let tokens = fleet.login(CLIENTS).await;
    let slots: Vec<u16> = (0..CLIENTS).map(slot).collect();
    let resharding = {
        let cluster = cluster.clone();
        let until = Instant::now() + Duration::from_secs(4);
        // However long it takes, each slot moves, and one of them twice.
        let mut moves = 0;
        let go_on = move || {
            moves += 1;
            moves <= CLIENTS + 1 || Instant::now() < until
        };
        spawn_blocking(move || cluster.reshard(&slots, go_on))
    };
    let honest = Honest::new(Duration::from_secs(20));
    let scenario = async { resharding.await.expect("every slot moves") };
    let (unharmed, moved) = fleet.endure(&honest, tokens, scenario).await;
    assert!(moved > CLIENTS, "{moved} moves");
    assert_eq!(unharmed.kinds, []);
    assert_eq!(unharmed.report.timeouts, 0, "nobody waited in vain");
    assert_eq!(unharmed.report.retries, 0, "nobody saw an error");
    assert_eq!(
        fleet.witness.count("Retried"),
        0,
        "nor had to wait for long"
    );
    fleet.assert_advanced_once(&unharmed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_are_flushed_everywhere_cost_an_eval_on_the_node_that_was_asked() {
    let cluster = start(&[]).await;
    let fleet = Fleet::at(cluster.url());
    let mut tokens = fleet.login(CLIENTS).await;
    for node in &cluster.nodes()[..3] {
        node.cli(&["CONFIG", "RESETSTAT"]);
    }
    for _ in 0..3 {
        for node in &cluster.nodes()[..3] {
            node.cli(&["SCRIPT", "FLUSH"]);
        }
        for token in &mut tokens {
            *token = fleet.engine.successor(token).await;
        }
    }
    for (index, node) in cluster.nodes()[..3].iter().enumerate() {
        let clients = (0..CLIENTS).filter(|client| cluster.master_of(slot(*client)) == index);
        let asked = 3 * clients.count() as u64;
        assert!(asked > 0, "no client has its session on node {index}");
        assert_eq!(node.command_stats("evalsha"), asked, "node {index}");
        assert_eq!(node.command_stats("eval"), 3, "node {index}");
    }
    assert_eq!(fleet.witness.take_kinds(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_that_is_down_does_not_hurt_the_others() {
    let cluster = start(&["appendonly yes", "appendfsync always"]).await;
    let fleet = Fleet::at(cluster.url());
    let tokens = fleet.login(CLIENTS).await;
    let down = cluster.master_of(slot(0));
    let (hurt, others): (Vec<_>, Vec<_>) = tokens
        .into_iter()
        .enumerate()
        .partition(|(client, _)| cluster.master_of(slot(*client)) == down);
    let others = others.into_iter().map(|(_, token)| token).collect();

    let honest = Honest::new(Duration::from_secs(20));
    let scenario = async {
        sleep(Duration::from_millis(300)).await;
        // The replica at first, so that nobody takes over.
        cluster.nodes()[down + 3].kill();
        cluster.nodes()[down].kill();
        let over = Arc::new(AtomicBool::new(false));
        let knocking = {
            let (fleet, over) = (fleet.clone(), over.clone());
            let token = hurt[0].1.clone();
            tokio::spawn(async move {
                let mut refused = 0;
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(fleet.refresh(&token).await, Outcome::Retry);
                    refused += 1;
                    sleep(Duration::from_millis(10)).await;
                }
                refused
            })
        };
        sleep(Duration::from_secs(5)).await;
        over.store(true, Ordering::Relaxed);
        let refused: usize = knocking.await.expect("a 503 and nothing else");
        let kinds = fleet.witness.take_kinds();
        assert!(refused > 3 && kinds.len() == refused, "{kinds:?}");
        kinds
    };
    let (unharmed, kinds) = fleet.endure(&honest, others, scenario).await;
    assert_eq!(unharmed.report.retries, 0, "the others saw no error");
    // Its neighbours name the dead node as long as the slots are nobody else's.
    for kind in kinds {
        let dead = [
            Kind::ClusterDown,
            Kind::ConnectionLost,
            Kind::Redirected,
            Kind::RefusedConnection,
            Kind::Timeout,
        ];
        assert!(dead.contains(&kind), "{kind:?}");
    }
    let longest = unharmed.report.longest;
    assert!(longest < Duration::from_millis(500), "{longest:?}");

    cluster.nodes()[down].restart();
    let hurt = hurt.into_iter().map(|(_, token)| token).collect();
    let scenario = sleep(Duration::from_secs(1));
    let (unharmed, ()) = fleet.endure(&honest, hurt, scenario).await;
    assert!(unharmed.report.refreshes > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_nobody_serves_is_503_and_does_not_hurt_the_others() {
    let cluster = start(&[]).await;
    let fleet = Fleet::at(cluster.url());
    let mut tokens = fleet.login(CLIENTS).await;
    let (slot, owner) = (slot(0).to_string(), cluster.master_of(slot(0)));
    for node in cluster.nodes() {
        node.cli(&["CLUSTER", "DELSLOTS", &slot]);
    }
    let began = Instant::now();
    for _ in 0..3 {
        for (client, token) in tokens.iter_mut().enumerate() {
            match fleet.refresh(token).await {
                Outcome::Refreshed(newer) if client > 0 => *token = newer,
                Outcome::Retry if client == 0 => {}
                other => panic!("client {client}: {other:?}"),
            }
        }
    }
    assert!(began.elapsed() < Duration::from_secs(3));
    let kinds = fleet.witness.take_kinds();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    // On a machine that is very busy, time may be up before the driver stops trying.
    assert!(kinds.contains(&Kind::ClusterDown), "{kinds:?}");

    cluster.nodes()[owner].cli(&["CLUSTER", "ADDSLOTS", &slot]);
    let honest = Honest::new(Duration::from_secs(10));
    let (unharmed, ()) = fleet.endure(&honest, tokens, sleep(HALF_A_SECOND)).await;
    for (client, token) in unharmed.report.tokens.iter().enumerate() {
        let token = token.as_deref().expect("nobody was logged out");
        let record = fleet.record(client).await.expect("the session lives");
        assert_eq!(fleet.engine.generation_of(token), record.generation);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_send_the_store_back_and_forth_are_503_and_do_not_hurt_the_others() {
    let cluster = start(&[]).await;
    let fleet = Fleet::at(cluster.url());
    let mut tokens = fleet.login(CLIENTS).await;
    let owner = cluster.master_of(slot(0));
    let migration = cluster.migrate_slot(slot(0), (owner + 1) % 3);
    while migration.move_keys(10) > 0 {}
    // The source has let go of the slot, and the target still waits for it.
    let target = migration.target().cli(&["CLUSTER", "MYID"]);
    let slot = slot(0).to_string();
    migration
        .source()
        .cli(&["CLUSTER", "SETSLOT", &slot, "NODE", &target]);
    for _ in 0..3 {
        for (client, token) in tokens.iter_mut().enumerate() {
            match fleet.refresh(token).await {
                Outcome::Refreshed(newer) if client > 0 => *token = newer,
                Outcome::Retry if client == 0 => {}
                other => panic!("client {client}: {other:?}"),
            }
        }
    }
    let kinds = fleet.witness.take_kinds();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    // On a machine that is very busy, time may be up before the driver stops following.
    assert!(kinds.contains(&Kind::Redirected), "{kinds:?}");

    migration.finish();
    let honest = Honest::new(Duration::from_secs(10));
    let (unharmed, ()) = fleet.endure(&honest, tokens, sleep(HALF_A_SECOND)).await;
    for (client, token) in unharmed.report.tokens.iter().enumerate() {
        let token = token.as_deref().expect("nobody was logged out");
        let record = fleet.record(client).await.expect("the session lives");
        assert_eq!(fleet.engine.generation_of(token), record.generation);
    }
}

async fn start(lines: &'static [&'static str]) -> Arc<Cluster> {
    let starting = spawn_blocking(|| Cluster::start_with(lines));
    Arc::new(starting.await.expect("it starts"))
}

/// Where a client's session is.
pub(crate) fn slot(client: usize) -> u16 {
    let key = SubjectKey::derive(ISSUER, &subject(client));
    let key = BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes());
    slot_of_key(format!("reissue:{key}"))
}

const HALF_A_SECOND: Duration = Duration::from_millis(500);
const CLIENTS: usize = 12;
