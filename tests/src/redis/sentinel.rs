//! Sentinels that watch a master.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use super::port::free_port;
use super::process::{self, Process};
use super::server::RedisServer;
use super::wait::poll;
use crate::resp::{RespClient, Value};

/// Sentinels that watch one master, and promote a replica half a second after it is gone.
#[derive(Debug)]
pub struct Sentinels {
    sentinels: Vec<Sentinel>,
}

impl Sentinels {
    /// Three sentinels of which two must agree, and which know so many replicas of this master.
    ///
    /// # Panics
    ///
    /// When they do not start, or do not find each other and the replicas.
    #[must_use]
    pub fn start(master: &RedisServer, replicas: usize) -> Self {
        Self::builder().start(master, replicas)
    }

    /// To choose how many there are.
    pub fn builder() -> SentinelsBuilder {
        SentinelsBuilder {
            count: 3,
            quorum: 2,
        }
    }

    /// What they call the master.
    #[must_use]
    pub fn master_name(&self) -> &'static str {
        MASTER
    }

    /// Where they listen.
    #[must_use]
    pub fn ports(&self) -> Vec<u16> {
        self.sentinels
            .iter()
            .map(|sentinel| sentinel.port)
            .collect()
    }

    /// All of them and the master, as `redis-sentinel://host:port,host:port/master`.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self
            .ports()
            .into_iter()
            .map(|port| format!("127.0.0.1:{port}"))
            .collect();
        format!("redis-sentinel://{}/{MASTER}", hosts.join(","))
    }

    /// Where the master is, by the first sentinel that responds.
    ///
    /// # Panics
    ///
    /// When none responds.
    #[must_use]
    pub fn master_port(&self) -> u16 {
        self.sentinels
            .iter()
            .find_map(Sentinel::master_port)
            .expect("one sentinel responds")
    }

    /// Grows with every failover, by the first sentinel that responds.
    ///
    /// # Panics
    ///
    /// When none responds.
    #[must_use]
    pub fn config_epoch(&self) -> u64 {
        self.sentinels
            .iter()
            .find_map(Sentinel::config_epoch)
            .expect("one sentinel responds")
    }

    /// Promotes a replica by command, and waits until all sentinels know. The port of the new
    /// master.
    ///
    /// # Panics
    ///
    /// When nobody is promoted within 30 s.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn failover(&self) -> u16 {
        let old = self.master_port();
        let promoted = poll(PATIENCE, || {
            // Refused while another is in progress, and while no replica is known to be good. One
            // that was begun is given up when another sentinel, which began one of its own, takes
            // the promoted server for a replica that strayed.
            self.sentinels.iter().find_map(|sentinel| {
                let reply = sentinel.call(&["SENTINEL", "FAILOVER", MASTER])?;
                (reply.text() == "OK").then_some(())
            })?;
            self.another_master(old, FAILOVER_TIMEOUT * 2)
        });
        promoted.unwrap_or_else(|| self.nobody_is_promoted())
    }

    /// Waits until all sentinels name a master other than this, and it takes writes. Its port.
    ///
    /// # Panics
    ///
    /// When they do not within 30 s.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    pub fn wait_for_another_master(&self, old: u16) -> u16 {
        let promoted = self.another_master(old, PATIENCE);
        promoted.unwrap_or_else(|| self.nobody_is_promoted())
    }

    /// The same, for so long. On a machine that is very busy they may not agree in time.
    #[must_use]
    pub fn another_master(&self, old: u16, within: Duration) -> Option<u16> {
        poll(within, || {
            let mut ports = self.sentinels.iter().filter_map(Sentinel::master_port);
            let port = ports.next()?;
            if port == old || ports.any(|other| other != port) {
                return None;
            }
            let role = RespClient::connect(port).ok()?.call(&["ROLE"]).ok()?;
            // A server that wants a password is believed.
            let replica = role.text().starts_with("slave");
            (!replica).then_some(port)
        })
    }

    fn nobody_is_promoted(&self) -> ! {
        panic!("the sentinels promote nobody:\n{}", self.log())
    }

    /// All that they have said.
    #[must_use]
    pub fn log(&self) -> String {
        let logs: Vec<_> = self.sentinels.iter().map(Sentinel::log).collect();
        logs.join("\n")
    }

    /// Ends one of them at once.
    ///
    /// # Panics
    ///
    /// When there is no such sentinel.
    pub fn kill(&self, index: usize) {
        let mut process = self.sentinels[index]
            .process
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        process.take();
    }
}

/// How many sentinels there are.
#[derive(Clone, Debug)]
#[must_use]
pub struct SentinelsBuilder {
    count: usize,
    quorum: usize,
}

impl SentinelsBuilder {
    /// How many there are.
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// How many must agree that the master is gone.
    pub fn quorum(mut self, quorum: usize) -> Self {
        self.quorum = quorum;
        self
    }

    /// Starts them and waits until each knows the others, and so many replicas of this master.
    ///
    /// # Panics
    ///
    /// When that takes more than 30 s.
    #[must_use]
    pub fn start(self, master: &RedisServer, replicas: usize) -> Sentinels {
        let sentinels: Vec<_> = (0..self.count)
            .map(|_| Sentinel::start(master, self.quorum))
            .collect();
        for sentinel in &sentinels {
            if poll(PATIENCE, || sentinel.knows(self.count - 1, replicas)).is_none() {
                panic!("the sentinel does not find the others:\n{}", sentinel.log());
            }
        }
        Sentinels { sentinels }
    }
}

#[derive(Debug)]
struct Sentinel {
    port: u16,
    dir: TempDir,
    process: Mutex<Option<Process>>,
}

impl Sentinel {
    fn start(master: &RedisServer, quorum: usize) -> Self {
        let port = free_port();
        let dir = tempfile::tempdir().expect("there is a place for temporary files");
        let auth = master.password().map_or_else(String::new, |password| {
            format!("sentinel auth-pass {MASTER} {password}\n")
        });
        let config = format!(
            "port {port}\n\
             bind 127.0.0.1\n\
             sentinel monitor {MASTER} 127.0.0.1 {} {quorum}\n\
             sentinel down-after-milliseconds {MASTER} 500\n\
             sentinel failover-timeout {MASTER} {}\n\
             {auth}",
            master.port(),
            FAILOVER_TIMEOUT.as_millis(),
        );
        fs::write(dir.path().join("sentinel.conf"), config).expect("our own directory is writable");
        let process = Process::start("sentinel", &["sentinel.conf"], dir.path());
        let sentinel = Self {
            port,
            dir,
            process: Mutex::new(Some(process)),
        };
        // What takes seconds between machines need not between processes. Not shorter still: what a
        // replica has said is forgotten after three such periods or five pings, and during a
        // failover it is asked once a second.
        let hurry = "SENTINEL DEBUG INFO-PERIOD 500 PUBLISH-PERIOD 200 ASK-PERIOD 200";
        let hurry: Vec<_> = hurry.split(' ').collect();
        if poll(PATIENCE, || sentinel.call(&hurry)).is_none() {
            panic!("redis-sentinel does not start:\n{}", sentinel.log());
        }
        sentinel
    }

    fn master_port(&self) -> Option<u16> {
        let address = self.call(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER])?;
        address.elements().get(1)?.text().parse().ok()
    }

    fn config_epoch(&self) -> Option<u64> {
        let master = self.call(&["SENTINEL", "MASTER", MASTER])?;
        let mut fields = master.elements().iter().map(Value::text);
        fields.find(|name| name == "config-epoch")?;
        fields.next()?.parse().ok()
    }

    fn knows(&self, others: usize, replicas: usize) -> Option<()> {
        let others_known = self.call(&["SENTINEL", "SENTINELS", MASTER])?;
        let replicas_known = self.call(&["SENTINEL", "REPLICAS", MASTER])?;
        let counts = (
            others_known.elements().len(),
            replicas_known.elements().len(),
        );
        (counts == (others, replicas)).then_some(())
    }

    fn log(&self) -> String {
        process::log(self.dir.path())
    }

    fn call(&self, args: &[&str]) -> Option<Value> {
        let mut client = RespClient::connect(self.port).ok()?;
        client.call(args).ok()
    }
}

const MASTER: &str = "main";

/// After so long a sentinel gives up a failover that it leads.
const FAILOVER_TIMEOUT: Duration = Duration::from_secs(3);

const PATIENCE: Duration = Duration::from_secs(30);
