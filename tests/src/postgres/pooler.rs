//! PgBouncer.

use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::account::{as_server, give};
use super::server::PostgresServer;
use super::template;
use crate::redis::{free_port, wait_until};

/// A PgBouncer before a server, in transaction mode.
#[derive(Debug)]
pub struct Pooler {
    port: u16,
    process: Child,
    _directory: TempDir,
}

impl Pooler {
    /// Starts it with so many connections to the server, and waits until it accepts connections.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(server: &PostgresServer, connections: usize) -> Self {
        let directory = template::directory();
        let port = free_port();
        let config = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n\
            [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
            auth_type = any\npool_mode = transaction\ndefault_pool_size = {connections}\nserver_login_retry = 1\n",
            server.port()
        );
        let file = directory.path().join("pgbouncer.ini");
        fs::write(&file, config).expect("our own directory is writable");
        give(&file);
        let process = as_server(Command::new("pgbouncer").arg("-q").arg(&file))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pgbouncer is installed: run tests/run, which does it");
        wait_until("pgbouncer accepts connections", PATIENCE, || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self {
            port,
            process,
            _directory: directory,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
