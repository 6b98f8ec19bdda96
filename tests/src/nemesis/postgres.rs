//! Postgres: one server, with PgBouncer before it; and a primary with a standby.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::{Arena, Dice, Fault};
use crate::SmallDisk;
use crate::postgres::{Pooler, PostgresServer};
use crate::redis::wait_until;

/// One server that has on its disk what it returns. Two nodes connect to it, one to a pooler.
///
/// The disk is a small one of its own where this user may mount one; otherwise it is never full.
#[derive(Debug)]
pub struct PostgresArena {
    pooler: Pooler,
    server: PostgresServer,
    disk: Option<SmallDisk>,
}

impl PostgresArena {
    /// Both of them.
    ///
    /// # Panics
    ///
    /// When they do not start.
    #[must_use]
    pub fn start() -> Self {
        let disk = SmallDisk::mount("160m");
        let mut server = PostgresServer::builder()
            // So that the next segment of the log needs room.
            .config("wal_recycle = off");
        if let Some(disk) = &disk {
            server = server.data(&disk.path().join("data"));
        }
        let server = server.start();
        Self {
            pooler: Pooler::start(&server, 8),
            server,
            disk,
        }
    }

    /// Where each of three nodes finds it.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        vec![self.server.url(), self.server.url(), self.pooler.url()]
    }

    /// Does it to all connections of the stores, again and again.
    fn drizzle(&self, dice: &mut Dice, function: &str) {
        let query = format!(
            "select count({function}(pid)) from pg_stat_activity where application_name = 'reissue'"
        );
        for _ in 0..dice.below(12) + 6 {
            let _ = self.server.ask(&query);
            thread::sleep(dice.millis(5, 60));
        }
    }
}

impl Arena for PostgresArena {
    fn faults(&self) -> Vec<Fault<Self>> {
        let mut faults = vec![
            Fault::new("kill -9", |it: &Self, dice: &mut Dice| {
                it.server.kill();
                thread::sleep(dice.millis(0, 500));
                it.server.restart();
            }),
            Fault::new("pg_cancel_backend", |it, dice| {
                it.drizzle(dice, "pg_cancel_backend");
            }),
            Fault::new("pg_terminate_backend", |it, dice| {
                it.drizzle(dice, "pg_terminate_backend");
            }),
            Fault::new("SIGSTOP", |it, dice| {
                it.server.pause();
                thread::sleep(dice.millis(100, 1_500));
                it.server.resume();
            }),
            Fault::new("stopped in order", |it, dice| {
                it.server.stop();
                thread::sleep(dice.millis(0, 300));
                it.server.restart();
            }),
            Fault::new("table locked", |it, dice| {
                let millis = dice.millis(200, 1_200).as_millis();
                let _ = it.server.ask(&format!(
                    "begin; lock table reissue_session in access exclusive mode; \
                    select pg_sleep({millis} / 1000.0); commit"
                ));
            }),
        ];
        if self.disk.is_some() {
            faults.push(Fault::new("disk full", |it, dice| {
                let disk = it.disk.as_ref().expect("there is one");
                disk.fill();
                // The tables may have room for a while. The log has none in its next segment, and
                // a server that cannot write its log ends.
                thread::sleep(dice.millis(100, 500));
                let _ = it.server.ask("select pg_switch_wal()");
                thread::sleep(dice.millis(100, 500));
                disk.free();
                it.server.revive();
            }));
        }
        faults
    }

    fn wait_until_well(&self) {
        wait_until("the server responds", PATIENCE, || {
            self.server.ask("select count(*) from reissue_session")
        });
    }

    /// Nothing is ever lost here.
    fn epoch(&self) -> String {
        String::new()
    }
}

/// A primary and a standby.
#[derive(Debug)]
pub struct PostgresFailoverArena {
    servers: [PostgresServer; 2],
    promotions: AtomicUsize,
    /// Whether a promotion may lose what was confirmed.
    loses_writes: bool,
}

impl PostgresFailoverArena {
    /// Both of them, of which the standby has what it is told to wait for: revocations.
    ///
    /// # Panics
    ///
    /// When they do not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with("local", true)
    }

    /// Both of them, of which the standby has everything that was confirmed.
    ///
    /// # Panics
    ///
    /// When they do not start.
    #[must_use]
    pub fn start_synchronous() -> Self {
        Self::start_with("on", false)
    }

    fn start_with(synchronous_commit: &str, loses_writes: bool) -> Self {
        let primary = PostgresServer::builder()
            .config("synchronous_standby_names = '*'")
            .config(format!("synchronous_commit = {synchronous_commit}"))
            // What a process has written outlives it; only the machine could lose it. A slow disk
            // would make of each failover an outage of many seconds.
            .config("fsync = off")
            .start();
        let standby = primary.standby("standby");
        Self {
            servers: [primary, standby],
            promotions: AtomicUsize::new(0),
            loses_writes,
        }
    }

    /// Both of them, for each of three nodes.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        let [first, second] = &self.servers;
        let (first, second) = (first.port(), second.port());
        let url = format!("postgres://postgres@127.0.0.1:{first},127.0.0.1:{second}/postgres");
        vec![url; 3]
    }

    fn promotion(&self, name: &'static str, strike: fn(&Self, &mut Dice)) -> Fault<Self> {
        Fault {
            loses_writes: self.loses_writes,
            ..Fault::new(name, strike)
        }
    }

    fn primary_and_standby(&self) -> (&PostgresServer, &PostgresServer) {
        let [first, second] = &self.servers;
        if self.promotions.load(Ordering::SeqCst).is_multiple_of(2) {
            (first, second)
        } else {
            (second, first)
        }
    }

    /// Ends the primary, makes the standby the primary, and the old one its standby.
    fn fail_over(&self, dice: &mut Dice, end: fn(&PostgresServer)) {
        let (primary, standby) = self.primary_and_standby();
        end(primary);
        thread::sleep(dice.millis(0, 500));
        standby.promote();
        self.promotions.fetch_add(1, Ordering::SeqCst);
        thread::sleep(dice.millis(0, 500));
        primary.follow(standby, "standby");
    }
}

impl Arena for PostgresFailoverArena {
    fn faults(&self) -> Vec<Fault<Self>> {
        vec![
            Fault::new("kill -9 of the primary, which returns", |it, dice| {
                let (primary, _) = it.primary_and_standby();
                primary.kill();
                thread::sleep(dice.millis(0, 500));
                primary.restart();
            }),
            self.promotion("kill -9 of the primary, and promotion", |it, dice| {
                it.fail_over(dice, PostgresServer::kill);
            }),
            Fault::new("kill -9 of the standby", |it, dice| {
                let (_, standby) = it.primary_and_standby();
                standby.kill();
                thread::sleep(dice.millis(0, 1_000));
                standby.restart();
            }),
            self.promotion("the primary is stopped, and promotion", |it, dice| {
                it.fail_over(dice, PostgresServer::stop);
            }),
            Fault::new("SIGSTOP of the standby", |it, dice| {
                let (_, standby) = it.primary_and_standby();
                standby.pause();
                thread::sleep(dice.millis(100, 1_500));
                standby.resume();
            }),
        ]
    }

    fn wait_until_well(&self) {
        wait_until("the standby has caught up", PATIENCE, || {
            let (primary, standby) = self.primary_and_standby();
            let written = primary.ask("select pg_current_wal_lsn()")?;
            let query = format!("select pg_last_wal_replay_lsn() >= '{written}'");
            wait_until("the standby replays", PATIENCE, || {
                (standby.ask(&query)? == "t").then_some(())
            });
            let following = "select count(*) from pg_stat_replication where sync_state = 'sync'";
            (primary.ask(following)? == "1").then_some(())
        });
    }

    /// Nobody promotes a standby but the faults, which say themselves what that may lose.
    fn epoch(&self) -> String {
        String::new()
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
