//! What is different from a fresh server.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::account::give;
use super::server::PostgresServer;
use super::template;
use crate::redis::{Certificate, free_port};

/// What is different from a fresh server.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PostgresServerBuilder {
    lines: Vec<String>,
    hba: Option<String>,
    tls: Option<(PathBuf, PathBuf)>,
    data: Option<PathBuf>,
}

impl PostgresServerBuilder {
    /// Another line of `postgresql.conf`.
    pub fn config(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Who may connect, as `pg_hba.conf`. Default: everybody, as whoever they say.
    pub fn hba(mut self, lines: &str) -> Self {
        self.hba = Some(lines.to_owned());
        self
    }

    /// Offers TLS.
    pub fn tls(mut self, certificate: &Certificate) -> Self {
        self.tls = Some((certificate.certificate(), certificate.key()));
        self
    }

    /// Keeps the data in this directory, which must be empty or not be there.
    pub fn data(mut self, directory: &Path) -> Self {
        self.data = Some(directory.to_owned());
        self
    }

    /// Starts it and waits until it responds.
    ///
    /// # Panics
    ///
    /// When it does not start; the text holds what it said.
    #[must_use]
    pub fn start(self) -> PostgresServer {
        let directory = template::directory();
        let data = self.data.clone();
        let data = data.unwrap_or_else(|| directory.path().join("data"));
        template::make(&data);
        let mut config = BASICS.to_owned();
        if let Some((certificate, key)) = &self.tls {
            // The key must be readable by nobody but the server.
            for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
                let to = directory.path().join(name);
                fs::copy(from, &to).expect("our own directory is writable");
                let mut permissions = fs::metadata(&to).expect("it is there").permissions();
                std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
                fs::set_permissions(&to, permissions).expect("it is ours");
                give(&to);
                let setting = if name == "server.crt" { "cert" } else { "key" };
                writeln!(config, "ssl_{setting}_file = '{}'", to.display())
                    .expect("strings take what is written to them");
            }
            config += "ssl = on\n";
        }
        for line in &self.lines {
            config += line;
            config += "\n";
        }
        append(&data.join("postgresql.conf"), &config);
        if let Some(hba) = &self.hba {
            fs::write(data.join("pg_hba.conf"), hba).expect("the data is ours");
        }
        PostgresServer::start_in(directory, data, free_port())
    }
}

pub(super) fn append(file: &Path, text: &str) {
    let mut content = fs::read_to_string(file).expect("initdb wrote it");
    content += text;
    fs::write(file, content).expect("the data is ours");
}

const BASICS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 100
shared_buffers = 64MB
max_wal_size = 512MB
checkpoint_timeout = 30min
fsync = on
wal_retrieve_retry_interval = 100ms
unix_socket_directories = ''
";
