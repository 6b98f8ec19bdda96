//! A server process that is measured.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reissue_tests::redis::RedisServer;

use crate::cores::pinned;

/// A server that runs on a core of its own. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) authority: String,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    pub(crate) fn start(core: usize, command: &mut Command) -> Result<Self, Box<dyn Error>> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        // Its log says what is wrong if it does not start; what it says later, nobody reads.
        command.stderr(Stdio::inherit()).env("RUST_LOG", "error");
        let mut child = pinned(core, || command.spawn())??;
        let stdout = child.stdout.take().ok_or("its output is piped")?;
        let mut line = String::new();
        let mut stdout = BufReader::new(stdout);
        stdout.read_line(&mut line)?;
        let authority = line.trim().strip_prefix("listening on http://");
        let authority = authority.ok_or("the server did not start")?.to_owned();
        // What it prints later must not stop it.
        std::thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
        Ok(Self { child, authority })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn token_url(&self) -> String {
        format!("http://{}/oauth2/token", self.authority)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process of a Redis server, by its own word.
pub(crate) fn redis_pid(redis: &RedisServer) -> Result<u32, Box<dyn Error>> {
    let pid = redis.info("server", "process_id");
    Ok(pid.ok_or("Redis does not say who it is")?.trim().parse()?)
}
