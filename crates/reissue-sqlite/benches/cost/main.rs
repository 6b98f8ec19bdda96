//! Measures how many rotations a second the store makes, how long each takes, and how large the
//! file is. Run it with `cargo bench -p reissue-sqlite`, in a folder of the disk that matters
//! (`TMPDIR`).
#![expect(clippy::print_stdout, reason = "a report")]
#![expect(clippy::expect_used, reason = "nobody waits for it")]

mod load;
mod session;
mod size;

use std::time::Duration;

use reissue_sqlite::SqliteStore;

use crate::load::Load;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    runtime.block_on(async {
        println!("{SESSIONS} sessions, {ROTATIONS} rotations of one after the other\n");
        println!("durability    clients  rotations/s    p50 ms    p99 ms    max ms");
        for durability in ["synchronous", "relaxed"] {
            for clients in [1, 8, 64, 256] {
                let file = folder.path().join(format!("{durability}{clients}.db"));
                let mut store = SqliteStore::builder(&file).with_response_timeout(PATIENCE);
                if durability == "relaxed" {
                    store = store.with_relaxed_refreshes();
                }
                let store = store.build().expect("a store");
                session::log_in(&store, SESSIONS).await;
                let rotations = if clients == 1 {
                    ROTATIONS / 10
                } else {
                    ROTATIONS
                };
                let Load {
                    rate,
                    p50,
                    p99,
                    max,
                } = load::run(&store, clients, rotations).await;
                println!("{durability:12} {clients:8} {rate:12.0} {p50:9.2} {p99:9.2} {max:9.2}");
            }
        }
        size::report(&folder.path().join("size.db")).await;
    });
}

/// Some of these runs ask for more than the disk can do.
const PATIENCE: Duration = Duration::from_secs(20);
const SESSIONS: u64 = 100_000;
const ROTATIONS: u64 = 200_000;
