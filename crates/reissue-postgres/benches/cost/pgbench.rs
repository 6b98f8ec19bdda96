use std::fs;
use std::process::Command;

use reissue_tests::postgres::PostgresServer;

use super::{CONNECTIONS, SESSIONS, TIME};

/// Makes sessions with keys that `pgbench` can compute, beside those of the store.
pub(super) async fn fill(server: &PostgresServer) {
    server
        .run(&format!(
            "insert into reissue_session (subject, sid, created_at, rotated_at, idle, details) \
            select int8send(i) || int8send(i), int8send(i) || int8send(i), \
                reissue_now(), reissue_now(), 86400000, decode(repeat('07', 100), 'hex') \
            from generate_series(0, {} - 1) i",
            CONNECTIONS * SESSIONS
        ))
        .await;
}

/// Returns how many sessions `pgbench` rotates in a second, with the statement of the store.
pub(super) fn rotations(server: &PostgresServer, is_prepared: bool, is_relaxed: bool) -> f64 {
    let script = format!(
        "\\set i :client_id * {SESSIONS} + :n % {SESSIONS}\n\
        \\set from :n / {SESSIONS}\n\
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
    let clients = CONNECTIONS.to_string();
    let output = Command::new("pgbench")
        .args([
            "-n",
            "-M",
            if is_prepared { "prepared" } else { "extended" },
        ])
        .args(["-c", &clients, "-j", "2", "-D", "n=0"])
        .args(["-T", &TIME.as_secs().to_string()])
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
