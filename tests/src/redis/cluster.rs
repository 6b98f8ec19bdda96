//! A cluster of six nodes.

use std::time::Duration;

use super::migration::SlotMigration;
use super::port::free_port;
use super::server::RedisServer;
use super::slot::slot_of_key;
use super::wait::wait_until;
use crate::resp::Value;

/// Three masters with a third of the slots each (nodes 0 to 2), and a replica for each of them
/// (nodes 3 to 5).
///
/// A master is given up after 2 s; what the others hold is served meanwhile.
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<RedisServer>,
    ids: Vec<String>,
}

impl Cluster {
    /// A cluster that serves all slots.
    ///
    /// # Panics
    ///
    /// When it does not start, or does not agree on its slots within 30 s.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same, with more lines in each `redis.conf`.
    ///
    /// # Panics
    ///
    /// When it does not start, or does not agree on its slots within 30 s.
    #[must_use]
    pub fn start_with(lines: &[&str]) -> Self {
        let nodes: Vec<_> = (0..6).map(|_| node(lines)).collect();
        let ids: Vec<_> = nodes
            .iter()
            .map(|node| node.cli(&["CLUSTER", "MYID"]))
            .collect();
        for (index, node) in nodes.iter().enumerate() {
            node.cli(&["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
        }
        let thirds = [["0", "5460"], ["5461", "10922"], ["10923", "16383"]];
        for (node, [first, last]) in nodes.iter().zip(thirds) {
            node.cli(&["CLUSTER", "ADDSLOTSRANGE", first, last]);
        }
        for node in &nodes[1..] {
            let bus = node.cli(&["CONFIG", "GET", "cluster-port"]);
            let bus = bus.lines().nth(1).expect("a name and a value");
            nodes[0].cli(&[
                "CLUSTER",
                "MEET",
                "127.0.0.1",
                &node.port().to_string(),
                bus,
            ]);
        }
        wait_until("the nodes have met", PATIENCE, || {
            let met = |node: &RedisServer| {
                let known = node.cli(&["CLUSTER", "NODES"]);
                known.lines().count() == 6 && !known.contains("handshake")
            };
            nodes.iter().all(met).then_some(())
        });
        for (replica, master) in nodes[3..].iter().zip(&ids) {
            replica.cli(&["CLUSTER", "REPLICATE", master]);
        }
        let cluster = Self { nodes, ids };
        cluster.wait_until_whole();
        cluster
    }

    /// All nodes, masters at first and replicas after them.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// Where the nodes listen, one by one.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(RedisServer::url).collect()
    }

    /// All nodes, as `redis-cluster://host:port,host:port`.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self
            .nodes
            .iter()
            .map(|node| format!("127.0.0.1:{}", node.port()))
            .collect();
        format!("redis-cluster://{}", hosts.join(","))
    }

    /// The indices of the masters that respond.
    #[must_use]
    pub fn masters(&self) -> Vec<usize> {
        let role = |index: &usize| self.nodes[*index].info("replication", "role");
        (0..self.nodes.len())
            .filter(|index| role(index).is_some_and(|role| role == "master"))
            .collect()
    }

    /// The index of the master of a slot: the node that says that it is, or whom the first node
    /// names that responds.
    ///
    /// # Panics
    ///
    /// When no node knows.
    #[must_use]
    pub fn master_of(&self, slot: u16) -> usize {
        let named: Vec<_> = self
            .nodes
            .iter()
            .map(|node| self.master_by(node, slot))
            .collect();
        let claimed = (0..named.len()).find(|index| named[*index] == Some(*index));
        claimed
            .or_else(|| named.into_iter().flatten().next())
            .expect("a node knows who has the slot")
    }

    /// The master that has a key.
    ///
    /// # Panics
    ///
    /// When no node knows.
    #[must_use]
    pub fn node_of_key(&self, key: impl AsRef<[u8]>) -> &RedisServer {
        &self.nodes[self.master_of(slot_of_key(key))]
    }

    /// Begins to migrate a slot to another master: from now on keys that its master does not have
    /// are `ASK`ed of the other, until [`SlotMigration::finish`].
    ///
    /// # Panics
    ///
    /// When a node refuses.
    #[must_use]
    pub fn migrate_slot(&self, slot: u16, to: usize) -> SlotMigration<'_> {
        SlotMigration::begin(self, slot, to)
    }

    /// Migrates these slots with all their keys, each to the next master, and goes round until told
    /// to end. How many were migrated.
    ///
    /// # Panics
    ///
    /// When a node refuses.
    pub fn reshard(&self, slots: &[u16], mut go_on: impl FnMut() -> bool) -> usize {
        let mut migrated = 0;
        for slot in slots.iter().cycle() {
            if !go_on() {
                break;
            }
            let from = self.master_of(*slot);
            let masters = self.masters();
            let next = masters.iter().find(|index| **index > from);
            let to = next.or(masters.first()).expect("there are masters");
            let migration = self.migrate_slot(*slot, *to);
            while migration.move_keys(10) > 0 {}
            migration.finish();
            self.wait_for_epochs();
            migrated += 1;
        }
        migrated
    }

    /// Ends the master of a slot at once. Its index.
    ///
    /// # Panics
    ///
    /// When no node knows it.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn kill_master_of(&self, slot: u16) -> usize {
        let master = self.master_of(slot);
        self.nodes[master].kill();
        master
    }

    /// Waits until a slot has a master other than this, by all nodes that respond. Its index.
    ///
    /// # Panics
    ///
    /// When it has none within 30 s.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn wait_for_another_master(&self, slot: u16, old: usize) -> usize {
        wait_until("another node has the slot", PATIENCE, || {
            let mut masters = self
                .nodes
                .iter()
                .filter_map(|node| self.master_by(node, slot));
            let master = masters.next()?;
            (master != old && masters.all(|other| other == master)).then_some(master)
        })
    }

    /// Waits until all nodes say that all slots are served, and by whom, and all replicas are in
    /// sync.
    ///
    /// A master that is killed before its replica knows which slots it has got is not replaced
    /// there.
    ///
    /// # Panics
    ///
    /// When they do not within 30 s.
    pub fn wait_until_whole(&self) {
        wait_until("the cluster is whole", PATIENCE, || {
            let views: Option<Vec<_>> = self.nodes.iter().map(view_of_whole).collect();
            let views = views?;
            views.iter().all(|view| *view == views[0]).then_some(())
        });
    }

    pub(super) fn id(&self, index: usize) -> &str {
        &self.ids[index]
    }

    /// Waits until all nodes know who got a slot last. One that gets the next before may take
    /// itself for the latest, and lose it again to what another said before.
    fn wait_for_epochs(&self) {
        wait_until("all nodes know all epochs", PATIENCE, || {
            let mut epochs = self.nodes.iter().filter_map(epochs);
            let first = epochs.next()?;
            epochs.all(|other| other == first).then_some(())
        });
    }

    fn master_by(&self, node: &RedisServer, slot: u16) -> Option<usize> {
        let Ok(Value::Array(ranges)) = node.call(&["CLUSTER", "SLOTS"]) else {
            return None;
        };
        let number = |value: &Value| value.text().parse::<u16>().ok();
        ranges.iter().find_map(|range| {
            let [first, last, master, ..] = range.elements() else {
                return None;
            };
            let has = (number(first)?..=number(last)?).contains(&slot);
            let port = number(master.elements().get(1)?)?;
            let index = self.nodes.iter().position(|node| node.port() == port)?;
            has.then_some(index)
        })
    }
}

fn node(lines: &[&str]) -> RedisServer {
    let mut builder = RedisServer::builder()
        .config("cluster-enabled yes")
        .config(format!("cluster-port {}", free_port()))
        .config("cluster-node-timeout 2000")
        .config("cluster-require-full-coverage no");
    for line in lines {
        builder = builder.config(*line);
    }
    builder.start()
}

/// The epoch of each node, by one of them.
fn epochs(node: &RedisServer) -> Option<Vec<String>> {
    let nodes = node.try_cli(&["CLUSTER", "NODES"]).ok()?;
    let epoch = |line: &str| Some(format!("{} {}", &line[..40], line.split(' ').nth(6)?));
    let mut epochs: Vec<_> = nodes.lines().map(epoch).collect::<Option<_>>()?;
    epochs.sort();
    Some(epochs)
}

/// Which slots each master has, by a node that thinks that nothing is amiss.
fn view_of_whole(node: &RedisServer) -> Option<Vec<String>> {
    let state = node.try_cli(&["CLUSTER", "INFO"]).ok()?;
    let whole = [
        "cluster_state:ok",
        "cluster_slots_ok:16384",
        "cluster_known_nodes:6",
    ];
    if !whole.iter().all(|line| state.contains(line)) {
        return None;
    }
    let replication = node.try_cli(&["INFO", "replication"]).ok()?;
    let in_sync = ["state=online", "master_link_status:up"];
    if !in_sync.iter().any(|field| replication.contains(field)) {
        return None;
    }
    let Ok(Value::Array(ranges)) = node.call(&["CLUSTER", "SLOTS"]) else {
        return None;
    };
    let range = |range: &Value| {
        let [first, last, master, ..] = range.elements() else {
            return None;
        };
        let port = master.elements().get(1)?;
        Some(format!("{} {} {}", first.text(), last.text(), port.text()))
    };
    let mut ranges: Vec<_> = ranges.iter().map(range).collect::<Option<_>>()?;
    ranges.sort();
    Some(ranges)
}

const PATIENCE: Duration = Duration::from_secs(30);
