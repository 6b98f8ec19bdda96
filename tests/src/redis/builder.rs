//! What is different from an empty server.

use std::fmt::Write as _;
use std::fs;

use super::certificate::Certificate;
use super::port::free_port;
use super::server::RedisServer;

/// What is different from an empty server.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RedisServerBuilder {
    password: Option<String>,
    lines: Vec<String>,
}

impl RedisServerBuilder {
    /// Another line of `redis.conf`.
    pub fn config(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Every write is on the disk before it is answered.
    pub fn durable(self) -> Self {
        self.config("appendonly yes").config("appendfsync always")
    }

    /// Asks everybody for this password.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self.config(format!("requirepass {password}"))
            .config(format!("masterauth {password}"))
    }

    /// Another user, by the rules of `ACL SETUSER`.
    pub fn user(self, name: &str, rules: &str) -> Self {
        self.config(format!("user {name} {rules}"))
    }

    /// Speaks TLS on this port, beside its own port without.
    pub fn tls(self, port: u16, certificate: &Certificate) -> Self {
        let file = certificate.certificate();
        self.config(format!("tls-port {port}"))
            .config(format!("tls-cert-file {}", file.display()))
            .config(format!("tls-key-file {}", certificate.key().display()))
            .config(format!("tls-ca-cert-file {}", file.display()))
            .config("tls-auth-clients no")
    }

    /// Starts it and waits until it responds.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    #[must_use]
    pub fn start(self) -> RedisServer {
        for _ in 0..5 {
            let server = self.clone().prepare();
            server.restart_without_waiting();
            match server.wait_for_start() {
                Ok(()) => return server,
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => panic!("redis-server does not start:\n{log}"),
            }
        }
        panic!("redis-server found no free port");
    }

    /// Has everything ready for [`RedisServer::restart`], and starts nothing.
    ///
    /// # Panics
    ///
    /// When there is no place for its files.
    #[must_use]
    pub fn prepare(self) -> RedisServer {
        let port = free_port();
        let mut config = format!("port {port}\n{BASICS}");
        for line in &self.lines {
            writeln!(config, "{line}").expect("strings take what is written to them");
        }
        let dir = tempfile::tempdir().expect("there is a place for temporary files");
        fs::write(dir.path().join("redis.conf"), config).expect("our own directory is writable");
        RedisServer::new(port, self.password, dir)
    }
}

const BASICS: &str = "\
bind 127.0.0.1
save \"\"
appendonly no
enable-debug-command local
repl-diskless-sync-delay 0
repl-ping-replica-period 1
";
