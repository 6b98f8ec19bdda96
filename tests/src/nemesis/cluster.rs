//! A cluster of three masters and three replicas.

use std::thread;
use std::time::{Duration, Instant};

use super::{Arena, Dice, Fault};
use crate::redis::{Cluster, RedisServer, wait_until};

/// A cluster whose nodes have on their disks what they return.
#[derive(Debug)]
pub struct ClusterArena {
    cluster: Cluster,
    slots: Vec<u16>,
}

impl ClusterArena {
    /// A cluster for keys in these slots.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(slots: Vec<u16>) -> Self {
        Self {
            cluster: Cluster::start_with(&["appendonly yes", "appendfsync always"]),
            slots,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url()
    }

    fn any_slot(&self, dice: &mut Dice) -> u16 {
        self.slots[dice.below(self.slots.len())]
    }

    fn any_master(&self, dice: &mut Dice) -> &RedisServer {
        let slot = self.any_slot(dice);
        &self.cluster.nodes()[self.cluster.master_of(slot)]
    }

    /// Whether it has all that its master had when it was asked; nothing if it has none.
    fn is_in_sync(&self, replica: &RedisServer) -> Option<bool> {
        let port = replica.info("replication", "master_port")?;
        let mut nodes = self.cluster.nodes().iter();
        let master = nodes.find(|node| node.port().to_string() == port)?;
        let offset = |server: &RedisServer, field| {
            let offset = server.info("replication", field)?;
            offset.parse::<u64>().ok()
        };
        let written = offset(master, "master_repl_offset")?;
        Some((0..20).any(|_| {
            let has = offset(replica, "slave_repl_offset") >= Some(written);
            if !has {
                thread::sleep(Duration::from_millis(10));
            }
            has
        }))
    }

    fn everywhere(&self, command: &[&str]) {
        for node in self.cluster.nodes() {
            node.cli(command);
        }
    }
}

impl Arena for ClusterArena {
    fn faults(&self) -> Vec<Fault<Self>> {
        vec![
            Fault::new("connections killed", |it, dice| {
                for _ in 0..dice.below(4) + 2 {
                    it.everywhere(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
                    thread::sleep(dice.millis(50, 200));
                }
            }),
            Fault::losing_writes("failover by command", |it, dice| {
                let slot = it.any_slot(dice);
                let master = it.cluster.master_of(slot);
                let id = it.cluster.nodes()[master].cli(&["CLUSTER", "MYID"]);
                let replica = it.cluster.nodes().iter().find(|node| {
                    let nodes = node.cli(&["CLUSTER", "NODES"]);
                    let own = nodes.lines().find(|line| line.contains("myself"));
                    own.is_some_and(|own| own.contains(&format!("slave {id}")))
                });
                let replica = replica.expect("every master has a replica");
                wait_until("the replica takes over", Duration::from_secs(60), || {
                    // Refused or given up while the master is too busy to agree.
                    let _ = replica.try_cli(&["CLUSTER", "FAILOVER"]);
                    thread::sleep(Duration::from_millis(500));
                    let role = replica.info("replication", "role")?;
                    (role == "master").then_some(())
                });
                it.cluster.wait_for_another_master(slot, master);
            }),
            Fault::losing_writes("kill -9 of a master", |it, dice| {
                let slot = it.any_slot(dice);
                let master = it.cluster.kill_master_of(slot);
                it.cluster.wait_for_another_master(slot, master);
                thread::sleep(dice.millis(0, 500));
                it.cluster.nodes()[master].restart();
            }),
            Fault::new("out of memory", |it, dice| {
                let master = it.any_master(dice);
                master.cli(&["CONFIG", "SET", "maxmemory", "1"]);
                thread::sleep(dice.millis(200, 800));
                master.cli(&["CONFIG", "SET", "maxmemory", "0"]);
            }),
            Fault::new("resharding", |it, dice| {
                let until = Instant::now() + dice.millis(500, 2_000);
                it.cluster.reshard(&it.slots, || Instant::now() < until);
            }),
            Fault::new("SCRIPT FLUSH", |it, dice| {
                for _ in 0..dice.below(10) + 3 {
                    it.everywhere(&["SCRIPT", "FLUSH"]);
                    thread::sleep(dice.millis(5, 40));
                }
            }),
            Fault::new("SIGSTOP of a master", |it, dice| {
                let master = it.any_master(dice);
                master.stop();
                thread::sleep(dice.millis(100, 1_000));
                master.cont();
            }),
        ]
    }

    fn wait_until_well(&self) {
        self.cluster.wait_until_whole();
        wait_until("all replicas are in sync", Duration::from_secs(60), || {
            let nodes = self.cluster.nodes();
            let in_sync = nodes
                .iter()
                .filter(|node| self.is_in_sync(node) == Some(true));
            (in_sync.count() == 3).then_some(())
        });
    }

    fn epoch(&self) -> String {
        format!("{:?}", self.cluster.masters())
    }
}
