//! The programs, their configuration, and the load generator that drives them.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use reissue::key::{SigningKey, SymmetricKey};
use reissue_load::Report;
use reissue_tests::postgres::PostgresServer;
use reissue_tests::redis::{Cluster, RedisServer};
use rustix::process::{Resource, getrlimit, setrlimit};
use tempfile::TempDir;

use crate::cores::{Cores, pinned};
use crate::lengths::Lengths;
use crate::server::Server;

/// Where everything is measured.
pub(crate) struct Lab {
    pub(crate) lengths: Lengths,
    pub(crate) cores: Cores,
    folder: TempDir,
    programs: PathBuf,
    /// Refreshes of all runs, and honest clients that were logged out in them.
    pub(crate) refreshes: u64,
    pub(crate) lost: u64,
}

/// Sessions that go on from one run to the next, at servers that share them.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pub(crate) count: usize,
    file: PathBuf,
    /// Whether they have logged in.
    exist: bool,
}

impl Lab {
    /// Looks for the programs, which are beside this one, and writes their configuration.
    pub(crate) fn open(lengths: Lengths) -> Result<Self, Box<dyn Error>> {
        raise_limit_of_files()?;
        let programs = env::current_exe()?;
        let programs = programs.parent().ok_or("a program is in a folder")?;
        for program in ["limit", "load", "token-server"] {
            if !programs.join(program).exists() {
                return Err(format!("{program} is not built: run tests/bench/measure").into());
            }
        }
        let folder = tempfile::tempdir()?;
        let pem = SigningKey::generate(reissue::key::Algorithm::EdDsa)?.to_pem()?;
        fs::write(folder.path().join("key.pem"), pem.expose())?;
        fs::write(folder.path().join("server.toml"), config()?)?;
        Ok(Self {
            lengths,
            cores: Cores::of_this_machine()?,
            folder,
            programs: programs.to_owned(),
            refreshes: 0,
            lost: 0,
        })
    }

    /// The token server, as its users run it.
    pub(crate) fn token_server(&self, store: &str) -> Result<Server, Box<dyn Error>> {
        self.start_token_server("server.toml", store)
    }

    /// The token server with more in its configuration, which has this name.
    pub(crate) fn token_server_with(
        &self,
        name: &str,
        store: &str,
        more: &str,
    ) -> Result<Server, Box<dyn Error>> {
        let name = format!("{name}.toml");
        let config = fs::read_to_string(self.folder.path().join("server.toml"))?;
        fs::write(self.folder.path().join(&name), config + more)?;
        self.start_token_server(&name, store)
    }

    fn start_token_server(&self, config: &str, store: &str) -> Result<Server, Box<dyn Error>> {
        let mut command = Command::new(self.programs.join("token-server"));
        command.arg("--config").arg(self.folder.path().join(config));
        Server::start(self.cores.server, command.args(["--store", store]))
    }

    /// A database for SQLite, which has this name.
    pub(crate) fn database(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn postgres(&self) -> Result<PostgresServer, Box<dyn Error>> {
        let server = PostgresServer::builder()
            .config("shared_buffers = 256MB")
            .config("max_wal_size = 4GB");
        Ok(pinned(self.cores.store, || server.start())?)
    }

    /// One of the servers to compare with.
    pub(crate) fn limit(&self, mode: &str, redis: Option<&str>) -> Result<Server, Box<dyn Error>> {
        let mut command = Command::new(self.programs.join("limit"));
        command.arg(mode);
        if let Some(url) = redis {
            command.args(["--redis", url]);
        }
        Server::start(self.cores.server, &mut command)
    }

    pub(crate) fn redis(&self) -> Result<RedisServer, Box<dyn Error>> {
        Ok(pinned(self.cores.store, RedisServer::start)?)
    }

    pub(crate) fn cluster(&self) -> Result<Cluster, Box<dyn Error>> {
        Ok(pinned(self.cores.store, Cluster::start)?)
    }

    /// So many sessions, of a user each. The name is that of their file.
    pub(crate) fn sessions(&self, name: &str, count: usize) -> Sessions {
        assert!(count <= USERS, "there are {USERS} users");
        Sessions {
            count,
            file: self.folder.path().join(name),
            exist: false,
        }
    }

    /// One run of the load generator, for so long.
    pub(crate) fn slice(
        &mut self,
        length: Duration,
        servers: &[&Server],
        sessions: &mut Sessions,
        watched: &[u32],
        more: &[&str],
    ) -> Result<Report, Box<dyn Error>> {
        let slice = length.as_secs_f64().to_string();
        let warm_up = self.lengths.warm_up.as_secs_f64().to_string();
        let mut args = vec!["--duration", &slice, "--warm-up", &warm_up];
        args.extend(more);
        self.run(servers, sessions, watched, &args)
    }

    /// One run of the load generator.
    pub(crate) fn run(
        &mut self,
        servers: &[&Server],
        sessions: &mut Sessions,
        watched: &[u32],
        more: &[&str],
    ) -> Result<Report, Box<dyn Error>> {
        let mut command = Command::new(self.programs.join("load"));
        command.args(["--client-id", "load", "--quiet", "--json", "-"]);
        for server in servers {
            command.args(["--url", &server.token_url()]);
            command.args(["--pid", &server.pid().to_string()]);
        }
        for pid in watched {
            command.args(["--pid", &pid.to_string()]);
        }
        command.args(["--sessions", &sessions.count.to_string()]);
        if sessions.exist {
            command.arg("--tokens").arg(&sessions.file);
        } else {
            command.args(["--username", "user-{n}", "--password", PASSWORD]);
        }
        if !more.contains(&"--forged") && !more.contains(&"--garbage") {
            command.arg("--save-tokens").arg(&sessions.file);
        }
        command.args(more).stderr(Stdio::inherit());
        let output = pinned(self.cores.load, || command.output())??;
        let report: Report = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("the load generator said nothing: {error}"))?;
        self.refreshes += report.refreshes;
        self.lost += report.lost;
        if !report.is_clean() {
            return Err(format!("sessions were lost or refused:\n{report}").into());
        }
        sessions.exist = true;
        Ok(report)
    }
}

/// Nodes share keys and users. Passwords in plain text cost no slow hash: logins are not what is
/// measured.
fn config() -> Result<String, Box<dyn Error>> {
    let seal_key = SymmetricKey::generate()?;
    let mut config = format!(
        "listen = \"127.0.0.1:0\"\nissuer = \"https://id.example\"\n\
         [logins]\naddress = \"connection\"\n\
         [tokens]\nseal_keys = [\"{}\"]\nsigning_keys = [\"key.pem\"]\n\
         [[clients]]\nid = \"load\"\npublic = true\ngrants = [\"password\", \"refresh_token\"]\n\
         scope = \"openid read write\"\n",
        seal_key.expose_paserk().expose()
    );
    for number in 0..USERS {
        writeln!(
            config,
            "[[users]]\nname = \"user-{number}\"\npassword = \"{PASSWORD}\""
        )?;
    }
    Ok(config)
}

/// As many as the system lets us have, for the processes that are started from here as well.
fn raise_limit_of_files() -> Result<(), Box<dyn Error>> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(())
}

const USERS: usize = 64;
const PASSWORD: &str = "wonderland";
