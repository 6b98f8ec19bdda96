//! A slot on its way from one master to another.

use super::cluster::Cluster;
use super::server::RedisServer;
use crate::resp::Value;

/// A slot on its way from one master to another, for as long as the test likes. Dropped unfinished,
/// it stays on its way.
#[derive(Debug)]
pub struct SlotMigration<'a> {
    cluster: &'a Cluster,
    slot: String,
    from: usize,
    to: usize,
}

impl<'a> SlotMigration<'a> {
    pub(super) fn begin(cluster: &'a Cluster, slot: u16, to: usize) -> Self {
        let from = cluster.master_of(slot);
        let migration = Self {
            cluster,
            slot: slot.to_string(),
            from,
            to,
        };
        let from_id = cluster.id(from);
        let to_id = cluster.id(to);
        migration
            .target()
            .cli(&["CLUSTER", "SETSLOT", &migration.slot, "IMPORTING", from_id]);
        migration
            .source()
            .cli(&["CLUSTER", "SETSLOT", &migration.slot, "MIGRATING", to_id]);
        migration
    }

    /// The master that still has the slot.
    #[must_use]
    pub fn source(&self) -> &'a RedisServer {
        &self.cluster.nodes()[self.from]
    }

    /// The master that will have it.
    #[must_use]
    pub fn target(&self) -> &'a RedisServer {
        &self.cluster.nodes()[self.to]
    }

    /// Moves at most so many keys. How many were moved: none means that the source has no more.
    ///
    /// # Panics
    ///
    /// When a node refuses.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn move_keys(&self, at_most: usize) -> usize {
        let at_most = at_most.to_string();
        let keys = self
            .source()
            .call(&["CLUSTER", "GETKEYSINSLOT", &self.slot, &at_most])
            .expect("the source lists its keys");
        let keys: Vec<_> = keys
            .elements()
            .iter()
            .filter_map(|key| match key {
                Value::Text(key) => Some(key.clone()),
                _ => None,
            })
            .collect();
        if keys.is_empty() {
            return 0;
        }
        let port = self.target().port().to_string();
        let mut command: Vec<&[u8]> = vec![b"MIGRATE", b"127.0.0.1", port.as_bytes(), b"", b"0"];
        command.extend([b"2000".as_slice(), b"KEYS"]);
        command.extend(keys.iter().map(|key| &key[..]));
        let reply = self.source().call(&command).expect("the source migrates");
        // Keys that have expired meanwhile are not moved.
        assert!(
            ["OK", "NOKEY"].contains(&&*reply.text()),
            "MIGRATE: {reply:?}"
        );
        keys.len()
    }

    /// The slot belongs to the target from now on, and all masters know.
    ///
    /// # Panics
    ///
    /// When a node refuses: the source does while it still has keys.
    pub fn finish(self) {
        let id = self.cluster.id(self.to);
        let mut order = vec![self.to, self.from];
        let others = self.cluster.masters();
        order.extend(
            others
                .into_iter()
                .filter(|index| ![self.to, self.from].contains(index)),
        );
        for index in order {
            self.cluster.nodes()[index].cli(&["CLUSTER", "SETSLOT", &self.slot, "NODE", id]);
        }
    }
}
