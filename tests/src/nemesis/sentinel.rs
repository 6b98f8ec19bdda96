//! A master, its replica, and three sentinels.

use std::thread;
use std::time::Duration;

use super::{Arena, Fault};
use crate::redis::{RedisServer, Sentinels, wait_until};

/// A master and a replica that have on their disks what they return, and three sentinels that watch
/// them.
#[derive(Debug)]
pub struct SentinelArena {
    servers: [RedisServer; 2],
    sentinels: Sentinels,
}

impl SentinelArena {
    /// All of them, in sync.
    ///
    /// # Panics
    ///
    /// When they do not start.
    #[must_use]
    pub fn start() -> Self {
        let [first, second] = [(); 2].map(|()| RedisServer::builder().durable().start());
        second.replica_of(&first);
        second.wait_in_sync(&first);
        let sentinels = Sentinels::start(&first, 1);
        Self {
            servers: [first, second],
            sentinels,
        }
    }

    /// Where the sentinels are.
    #[must_use]
    pub fn url(&self) -> String {
        self.sentinels.url()
    }

    /// With a limit: sentinels that do not agree try again much later, and until then no replica is
    /// promoted.
    fn wait_for_another(&self, master: &RedisServer) {
        let _ = self
            .sentinels
            .another_master(master.port(), Duration::from_secs(10));
    }

    fn master_and_replica(&self) -> (&RedisServer, &RedisServer) {
        let port = self.sentinels.master_port();
        let [first, second] = &self.servers;
        if first.port() == port {
            (first, second)
        } else {
            (second, first)
        }
    }
}

impl Arena for SentinelArena {
    fn faults(&self) -> Vec<Fault<Self>> {
        vec![
            Fault::new("connections killed", |it, dice| {
                for _ in 0..dice.below(8) + 2 {
                    it.master_and_replica()
                        .0
                        .cli(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
                    thread::sleep(dice.millis(20, 100));
                }
            }),
            Fault::losing_writes("failover by command", |it, _| {
                it.sentinels.failover();
            }),
            Fault::losing_writes("kill -9 of the master", |it, dice| {
                let (master, _) = it.master_and_replica();
                master.kill();
                it.wait_for_another(master);
                thread::sleep(dice.millis(0, 500));
                master.restart();
            }),
            Fault::new("out of memory", |it, dice| {
                let (master, _) = it.master_and_replica();
                master.cli(&["CONFIG", "SET", "maxmemory", "1"]);
                thread::sleep(dice.millis(200, 800));
                master.cli(&["CONFIG", "SET", "maxmemory", "0"]);
            }),
            Fault::new("SCRIPT FLUSH", |it, dice| {
                for _ in 0..dice.below(20) + 5 {
                    it.master_and_replica().0.cli(&["SCRIPT", "FLUSH"]);
                    thread::sleep(dice.millis(5, 40));
                }
            }),
            Fault::losing_writes(
                "SIGSTOP of the master until another is promoted",
                |it, dice| {
                    let (master, _) = it.master_and_replica();
                    master.stop();
                    it.wait_for_another(master);
                    thread::sleep(dice.millis(0, 500));
                    master.cont();
                },
            ),
            Fault::new("SIGSTOP of the replica", |it, dice| {
                let (_, replica) = it.master_and_replica();
                replica.stop();
                thread::sleep(dice.millis(100, 1_000));
                replica.cont();
            }),
        ]
    }

    /// Asks anew who is who until it is so: a failover may be under way that nobody asked for.
    fn wait_until_well(&self) {
        wait_until("one follows the other", Duration::from_secs(60), || {
            let (master, replica) = self.master_and_replica();
            let field = |server: &RedisServer, field| server.info("replication", field);
            let offset = |server, name| field(server, name)?.parse::<u64>().ok();
            let follows = field(master, "role")? == "master"
                && field(replica, "role")? == "slave"
                && field(replica, "master_port")? == master.port().to_string()
                && field(replica, "master_link_status")? == "up";
            let written = offset(master, "master_repl_offset")?;
            let mut tries = 0..20;
            let is_in_sync = tries.any(|_| {
                let has = offset(replica, "slave_repl_offset") >= Some(written);
                if !has {
                    thread::sleep(Duration::from_millis(10));
                }
                has
            });
            (follows && is_in_sync).then_some(())
        });
    }

    fn epoch(&self) -> String {
        self.sentinels.config_epoch().to_string()
    }
}
