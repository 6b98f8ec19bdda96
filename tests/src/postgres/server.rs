//! One server.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use super::account::as_server;
use super::builder::{PostgresServerBuilder, append};
use super::programs::program;
use super::template;
use crate::redis::{free_port, wait_until};

/// A running server, with everything that it has stored.
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    data: PathBuf,
    process: Mutex<Child>,
    directory: TempDir,
}

impl PostgresServer {
    /// A builder of a server.
    pub fn builder() -> PostgresServerBuilder {
        PostgresServerBuilder::default()
    }

    /// A fresh server as it is by default.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    pub(super) fn start_in(directory: TempDir, data: PathBuf, port: u16) -> Self {
        let process = Mutex::new(spawn(directory.path(), &data, port));
        let server = Self {
            port,
            data,
            process,
            directory,
        };
        server.wait_until_ready();
        server
    }

    /// A standby that follows this server, under that name.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    #[must_use]
    pub fn standby(&self, name: &str) -> Self {
        let directory = template::directory();
        let data = directory.path().join("data");
        copy(self.port, name, &data);
        Self::start_in(directory, data, free_port())
    }

    /// Makes this server, which must not run, a standby that follows another, with the data of
    /// that.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    pub fn follow(&self, primary: &Self, name: &str) {
        fs::remove_dir_all(&self.data).expect("the data is ours");
        copy(primary.port, name, &self.data);
        self.restart();
    }

    /// The first value that a query returns. Blocks. `None` where it fails or returns none.
    #[must_use]
    pub fn ask(&self, query: &str) -> Option<String> {
        let port = self.port.to_string();
        let output = program("psql")
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &port])
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", query])
            .env("PGCONNECT_TIMEOUT", "5")
            .stdin(Stdio::null())
            .output()
            .expect("psql runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let value = text.lines().next().unwrap_or_default().to_owned();
        output.status.success().then_some(value)
    }

    /// Where it listens, as its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The id of its first process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process().id()
    }

    /// The ids of all of its processes: the first one, and those that this one has started.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        let processes = self.processes().into_iter();
        let pids = processes.map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
        pids.collect()
    }

    /// Where it keeps everything, its log included.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A connection of the superuser's. Ends with the runtime.
    ///
    /// # Panics
    ///
    /// When the server does not accept it.
    pub async fn client(&self) -> Client {
        let connected = tokio_postgres::connect(&self.url(), NoTls).await;
        let (client, connection) = connected.expect("the server accepts connections");
        tokio::spawn(connection);
        client
    }

    /// Runs statements as the superuser.
    ///
    /// # Panics
    ///
    /// When one fails.
    pub async fn run(&self, statements: &str) {
        let client = self.client().await;
        let done = client.batch_execute(statements).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error:?}"));
    }

    /// The first column of the first row of a query, as text.
    ///
    /// # Panics
    ///
    /// When it fails, or has no such row.
    pub async fn value(&self, query: &str) -> String {
        let client = self.client().await;
        let messages = client.simple_query(query).await;
        let messages = messages.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        let value = messages.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
            _ => None,
        });
        value.unwrap_or_else(|| panic!("{query}: no row"))
    }

    /// Appends to its configuration, and makes it read that again.
    pub fn reload_with(&self, lines: &str) {
        append(&self.data.join("postgresql.conf"), &format!("\n{lines}\n"));
        self.signal(Signal::HUP);
    }

    /// Ends all of its processes at once, as a power failure does, but for the cache of the disk.
    pub fn kill(&self) {
        for pid in self.processes() {
            // Those that have ended meanwhile take no signal.
            let _ = kill_process(pid, Signal::KILL);
        }
        let status = self.process().wait();
        let status = status.expect("our own child can be waited for");
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "killed by us");
    }

    /// Stops it as an administrator does, who lets nobody finish.
    pub fn stop(&self) {
        self.signal(Signal::INT);
        let status = self.process().wait();
        status.expect("our own child can be waited for");
    }

    /// Starts it again, on the same port with the same data.
    pub fn restart(&self) {
        self.restart_without_waiting();
        self.wait_until_ready();
    }

    /// Starts it again, and does not wait until it responds.
    pub fn restart_without_waiting(&self) {
        *self.process() = spawn(self.directory.path(), &self.data, self.port);
    }

    /// Starts it again if it has ended by itself, and waits until it responds.
    pub fn revive(&self) {
        wait_until("postgres accepts connections", PATIENCE, || {
            if matches!(self.process().try_wait(), Ok(Some(_))) {
                self.restart_without_waiting();
            }
            self.is_ready().then_some(())
        });
    }

    /// Makes all of its processes stand still.
    pub fn pause(&self) {
        for pid in self.processes() {
            let _ = kill_process(pid, Signal::STOP);
        }
    }

    /// Lets them go on.
    pub fn resume(&self) {
        for pid in self.processes() {
            let _ = kill_process(pid, Signal::CONT);
        }
    }

    /// Makes a standby the primary.
    ///
    /// # Panics
    ///
    /// When it does not become one.
    pub fn promote(&self) {
        let done = as_server(program("pg_ctl").arg("promote").arg("-D").arg(&self.data))
            .current_dir("/")
            .output()
            .expect("pg_ctl runs");
        assert!(done.status.success(), "{done:?}");
    }

    fn wait_until_ready(&self) {
        wait_until("postgres accepts connections", PATIENCE, || {
            if self.is_ready() {
                return Some(());
            }
            let ended = self.process().try_wait();
            if let Ok(Some(status)) = ended {
                let log = fs::read_to_string(self.directory.path().join(LOG));
                panic!("postgres ended ({status}):\n{}", log.unwrap_or_default());
            }
            None
        });
    }

    fn is_ready(&self) -> bool {
        let port = self.port.to_string();
        let status = program("pg_isready")
            .args(["-q", "-h", "127.0.0.1", "-U", "postgres", "-p", &port])
            .status();
        status.expect("pg_isready runs").success()
    }

    /// Its first process, and those that this has started.
    fn processes(&self) -> Vec<Pid> {
        let first = self.pid();
        let mut processes = vec![first];
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        for entry in entries {
            let Some(pid) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let parent = stat
                .rsplit_once(") ")
                .and_then(|(_, fields)| fields.split(' ').nth(1)?.parse::<u32>().ok());
            if parent == Some(first) {
                processes.push(pid);
            }
        }
        processes
            .into_iter()
            .filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?))
            .collect()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.process());
        // An error means that it has ended already.
        let _ = kill_process(pid, signal);
    }

    fn process(&self) -> MutexGuard<'_, Child> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if matches!(self.process().try_wait(), Ok(None)) {
            self.signal(Signal::QUIT);
            self.resume();
            let _ = self.process().wait();
        }
    }
}

/// Copies the data of a primary, for a standby that follows it.
fn copy(port: u16, name: &str, data: &Path) {
    let source = format!("host=127.0.0.1 port={port} user=postgres application_name={name}");
    let copied = as_server(program("pg_basebackup").args([
        "--write-recovery-conf",
        "--checkpoint=fast",
        "--no-sync",
        "--dbname",
        &source,
        "--pgdata",
    ]))
    .arg(data)
    .current_dir("/")
    .output()
    .expect("pg_basebackup runs");
    assert!(copied.status.success(), "{copied:?}");
}

fn spawn(directory: &Path, data: &Path, port: u16) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(directory.join(LOG))
        .expect("the log opens in a directory of our own");
    let err = log.try_clone().expect("a file can be cloned");
    let mut command: Command = program("postgres");
    as_server(command.arg("-D").arg(data).arg("-p").arg(port.to_string()))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(err)
        .spawn()
        .expect("postgres starts")
}

const LOG: &str = "log";

const PATIENCE: Duration = Duration::from_secs(30);
