//! Measures rotations a second from 16 connections, beside `pgbench` with the same statement. Run
//! it with `cargo bench -p reissue-postgres`.
//!
//! Starts a Postgres of its own.
#![expect(clippy::print_stdout, reason = "a report")]
#![expect(clippy::expect_used, reason = "nobody waits for it")]

mod store;

use std::time::Duration;

use reissue_postgres::PostgresStore;
use reissue_tests::postgres::{Pgbench, PostgresServer};

fn main() {
    let server = PostgresServer::builder()
        .config("shared_buffers = 256MB")
        .config("max_wal_size = 4GB")
        .start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let builder = PostgresStore::builder(server.url());
    runtime.block_on(store::fill(&builder));
    let pgbench = Pgbench {
        connections: CONNECTIONS,
        sessions: SESSIONS,
        time: TIME,
    };
    runtime.block_on(pgbench.fill(&server));
    println!(
        "rotations a second, {CONNECTIONS} connections, {} sessions",
        CONNECTIONS * SESSIONS
    );
    println!("{:<44}{:>8}{:>9}{:>7}", "", "store", "pgbench", "ratio");
    runtime.block_on(pgbench.reset(&server));
    for (name, is_prepared, is_relaxed) in [
        ("without a name (through any pooler)", false, false),
        ("prepared", true, false),
        ("prepared, relaxed", true, true),
    ] {
        let mut builder = builder.clone();
        if is_prepared {
            builder = builder.with_prepared_statements();
        }
        if is_relaxed {
            builder = builder.with_relaxed_refreshes();
        }
        let ours = runtime.block_on(store::rotations(&builder));
        let raw = pgbench.rotations(&server, is_prepared, is_relaxed);
        runtime.block_on(pgbench.reset(&server));
        println!("{name:<44}{ours:>8.0}{raw:>9.0}{:>7.2}", ours / raw);
    }
}

const CONNECTIONS: usize = 16;

/// For each connection.
const SESSIONS: usize = 6_250;

const TIME: Duration = Duration::from_secs(5);
