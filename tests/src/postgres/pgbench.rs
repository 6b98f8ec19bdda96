//! `pgbench` with the statement of a refresh: what Postgres can do at most.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::programs::program;
use super::server::PostgresServer;

/// Sessions with keys that `pgbench` can compute, in the tables of the store.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "support of tests")]
pub struct Pgbench {
    /// How many connections rotate, each sessions of its own.
    pub connections: usize,
    /// How many sessions each connection has.
    pub sessions: usize,
    /// How long it is measured.
    pub time: Duration,
}

impl Pgbench {
    /// Makes the sessions, beside those of the store.
    pub async fn fill(&self, server: &PostgresServer) {
        server
            .run(&format!(
                "insert into reissue_session (subject, sid, created_at, rotated_at, idle, details) \
                select int8send(i) || int8send(i), int8send(i) || int8send(i), \
                    reissue_now(), reissue_now(), 86400000, decode(repeat('07', 100), 'hex') \
                from generate_series(0, {} - 1) i",
                self.connections * self.sessions
            ))
            .await;
    }

    /// Makes all sessions as they were at first, those of the store too.
    pub async fn reset(&self, server: &PostgresServer) {
        server
            .run("update reissue_session set generation = 0, attempt = '', earlier_rotations = ''")
            .await;
        server.run("vacuum full analyze reissue_session").await;
        server.run("checkpoint").await;
    }

    /// Returns how many sessions it rotates in a second, with the statement of the store. Blocks.
    ///
    /// # Panics
    ///
    /// When `pgbench` fails; the text holds what it said.
    #[must_use]
    pub fn rotations(&self, server: &PostgresServer, is_prepared: bool, is_relaxed: bool) -> f64 {
        let sessions = self.sessions;
        let script = format!(
            "\\set i :client_id * {sessions} + :n % {sessions}\n\
            \\set from :n / {sessions}\n\
            \\set n :n + 1\n\
            select done, generation, created_at, rotated_at, idle, expires_at, conflicts, \
            shared_generations, skipped, revision, earlier_rotations, details, now \
            from reissue_advance(int8send(:i::bigint) || int8send(:i::bigint), \
            int8send(:i::bigint) || int8send(:i::bigint), :from::bigint, :from::bigint + 1, \
            ''::bytea, int8send(:n::bigint), 60000::bigint, 86400000::bigint, {is_relaxed});\n"
        );
        let directory = tempfile::tempdir().expect("there is a place for temporary files");
        let file = directory.path().join("advance.sql");
        fs::write(&file, script).expect("our own directory is writable");
        let mut command: Command = program("pgbench");
        let output = command
            .args(["-n", "-M"])
            .arg(if is_prepared { "prepared" } else { "extended" })
            .args(["-c", &self.connections.to_string()])
            .args(["-j", "2", "-D", "n=0"])
            .args(["-T", &self.time.as_secs().to_string()])
            .args(["-h", "127.0.0.1", "-p", &server.port().to_string()])
            .args(["-U", "postgres", "-f"])
            .arg(&file)
            .arg("postgres")
            .output()
            .expect("pgbench is installed with Postgres");
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.unwrap_or_else(|| panic!("{output:?}"))
    }
}
