//! A server that follows another.

use std::time::Duration;

use super::server::RedisServer;
use super::wait::wait_until;

impl RedisServer {
    /// Follows this server from now on. Returns at once.
    ///
    /// # Panics
    ///
    /// When the server does not respond.
    pub fn replica_of(&self, master: &Self) {
        self.replica_of_port(master.port());
    }

    /// Follows whoever responds on this port from now on, a [`Proxy`](crate::Proxy) perhaps.
    /// Returns at once.
    ///
    /// # Panics
    ///
    /// When the server does not respond.
    pub fn replica_of_port(&self, port: u16) {
        self.cli(&["REPLICAOF", "127.0.0.1", &port.to_string()]);
    }

    /// Follows nobody from now on.
    ///
    /// # Panics
    ///
    /// When the server does not respond.
    pub fn promote(&self) {
        self.cli(&["REPLICAOF", "NO", "ONE"]);
    }

    /// Waits until this replica has all that its master had when it was asked.
    ///
    /// # Panics
    ///
    /// When it has not within 20 s.
    pub fn wait_in_sync(&self, master: &Self) {
        let offset = |server: &Self, field| -> Option<u64> {
            let offset = server.info("replication", field)?;
            offset.parse().ok()
        };
        // Asked again, since a failover closes connections.
        let reached = wait_until("the master responds", PATIENCE, || {
            offset(master, "master_repl_offset")
        });
        wait_until("the replica is in sync", PATIENCE, || {
            let up = self.info("replication", "master_link_status")? == "up";
            let has = offset(self, "slave_repl_offset")?;
            (up && has >= reached).then_some(())
        });
    }

    /// Writes until what replicas do not read fills the buffers of the system: what is written from
    /// now on never leaves this server while they are frozen, and is lost with it.
    ///
    /// Leaves the key `filler` behind, with a time to live of a minute.
    ///
    /// # Panics
    ///
    /// When the buffers are not full after 64 MB: the replicas read.
    pub fn fill_replica_links(&self) {
        let filler = "x".repeat(1 << 20);
        for _ in 0..64 {
            self.cli(&["SET", "filler", &filler, "EX", "60"]);
            if self.every_replica_lags() {
                return;
            }
        }
        panic!("the replicas read what they are sent: are they frozen?");
    }

    /// Whether this server holds back so much for each replica that its socket takes no more.
    fn every_replica_lags(&self) -> bool {
        let clients = self.cli(&["CLIENT", "LIST", "TYPE", "replica"]);
        let held_back = |client: &str| {
            let bytes = client.split_once(" omem=")?.1;
            bytes.split(' ').next()?.parse::<usize>().ok()
        };
        let mut replicas = clients.lines().filter_map(held_back).peekable();
        replicas.peek().is_some() && replicas.all(|bytes| bytes > FULL)
    }
}

const PATIENCE: Duration = Duration::from_secs(20);

/// Several blocks of the replication buffer beyond the one in which a replica that keeps up reads.
const FULL: usize = 4 << 20;
