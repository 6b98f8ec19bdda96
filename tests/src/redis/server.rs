//! One server.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use super::builder::RedisServerBuilder;
use super::process::{self, Process};
use super::wait::poll;
use crate::resp::{RespClient, Value};

/// A server of the test's own, empty and without persistence unless told otherwise.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    password: Option<String>,
    dir: TempDir,
    process: Mutex<Option<Process>>,
}

impl RedisServer {
    /// An empty server.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// To choose what is different from an empty server.
    pub fn builder() -> RedisServerBuilder {
        RedisServerBuilder::default()
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens, with the password it wants.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.password {
            Some(password) => format!("redis://:{password}@127.0.0.1:{}/", self.port),
            None => format!("redis://127.0.0.1:{}/", self.port),
        }
    }

    /// The reply to a command, as `redis-cli` prints it.
    ///
    /// # Panics
    ///
    /// When there is none within 2 s, or it is an error.
    pub fn cli(&self, args: &[&str]) -> String {
        match self.try_cli(args) {
            Ok(reply) => reply,
            Err(error) => panic!("{args:?} on port {}: {error}", self.port),
        }
    }

    /// The reply to a command, as `redis-cli` prints it.
    ///
    /// # Errors
    ///
    /// That of the server, or why there is no reply.
    pub fn try_cli(&self, args: &[&str]) -> Result<String, String> {
        match self.call(args)? {
            Value::Error(error) => Err(error),
            value => Ok(value.text()),
        }
    }

    /// The reply to a command, errors among them.
    ///
    /// # Errors
    ///
    /// Why there is no reply.
    pub fn call<A>(&self, args: &[A]) -> Result<Value, String>
    where
        A: AsRef<[u8]>,
    {
        let mut client = RespClient::connect(self.port).map_err(|error| error.to_string())?;
        if let Some(password) = &self.password {
            let reply = client.call(&["AUTH", password]);
            reply.map_err(|error| error.to_string())?;
        }
        client.call(args).map_err(|error| error.to_string())
    }

    /// A field of `INFO`, where there is one and the server responds.
    #[must_use]
    pub fn info(&self, section: &str, field: &str) -> Option<String> {
        let info = self.try_cli(&["INFO", section]).ok()?;
        info.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            (name == field).then(|| value.to_owned())
        })
    }

    /// How often a command was called, by the server's own statistics.
    ///
    /// # Panics
    ///
    /// When the server does not respond.
    #[must_use]
    pub fn command_stats(&self, name: &str) -> u64 {
        let field = format!("cmdstat_{}:calls=", name.to_lowercase());
        let stats = self.cli(&["INFO", "commandstats"]);
        let calls = stats.lines().find_map(|line| {
            let calls = line.strip_prefix(&field)?;
            calls.split(',').next()?.parse().ok()
        });
        calls.unwrap_or(0)
    }

    /// The bytes it has allocated.
    ///
    /// # Panics
    ///
    /// When the server does not respond.
    #[must_use]
    pub fn used_memory(&self) -> u64 {
        self.info("memory", "used_memory")
            .and_then(|bytes| bytes.parse().ok())
            .expect("the server knows its memory")
    }

    /// Ends it at once, as `kill -9` and a power cut do.
    pub fn kill(&self) {
        self.process().take();
    }

    /// Starts it again where it was: same port, same directory, same configuration. Waits until it
    /// responses.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    pub fn restart(&self) {
        self.restart_without_waiting();
        if let Err(log) = self.wait_for_start() {
            panic!("redis-server does not start:\n{log}");
        }
    }

    /// The same, at once: it may still be loading.
    ///
    /// # Panics
    ///
    /// When there is no such program.
    pub fn restart_without_waiting(&self) {
        let mut process = self.process();
        process.take();
        *process = Some(Process::start("server", &["redis.conf"], self.dir.path()));
    }

    /// Freezes it: the system still accepts connections and bytes, and nobody reads them.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn stop(&self) {
        self.signal(Signal::STOP);
    }

    /// Thaws it.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn cont(&self) {
        self.signal(Signal::CONT);
    }

    /// All that it has said.
    #[must_use]
    pub fn log(&self) -> String {
        process::log(self.dir.path())
    }

    pub(super) fn new(port: u16, password: Option<String>, dir: TempDir) -> Self {
        Self {
            port,
            password,
            dir,
            process: Mutex::new(None),
        }
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    fn signal(&self, signal: Signal) {
        let process = self.process();
        let process = process.as_ref().expect("only what runs takes signals");
        process.signal(signal);
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it said is the error.
    pub(super) fn wait_for_start(&self) -> Result<(), String> {
        let started = poll(START, || {
            let mut process = self.process();
            let process = process.as_mut().expect("it was just started");
            if process.has_ended() {
                return Some(Err(self.log()));
            }
            match self.call(&["PING"]) {
                Ok(Value::Error(error)) if error.starts_with("LOADING") => None,
                Ok(_) => Some(Ok(())),
                Err(_) => None,
            }
        });
        started.unwrap_or_else(|| Err(self.log()))
    }
}

const START: Duration = Duration::from_secs(20);
