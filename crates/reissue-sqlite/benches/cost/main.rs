//! Measures how many rotations a second the store makes, how long each takes, and how large the
//! file is. Run it with `cargo bench -p reissue-sqlite`, in a folder of the disk that matters
//! (`TMPDIR`).
#![expect(clippy::print_stdout, reason = "a report")]
#![expect(clippy::expect_used, reason = "nobody waits for it")]

mod load;
mod session;
mod size;

use reissue_sqlite::{Durability, SqliteStore};

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
        for durability in [Durability::Synchronous, Durability::Relaxed] {
            for clients in [1, 8, 64, 256] {
                let file = folder.path().join(format!("{durability:?}{clients}.db"));
                let store = SqliteStore::builder(&file)
                    .with_advance_durability(durability)
                    .build()
                    .expect("a store");
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
                println!(
                    "{:12} {clients:8} {rate:12.0} {p50:9.2} {p99:9.2} {max:9.2}",
                    format!("{durability:?}")
                );
            }
        }
        size::report(&folder.path().join("size.db")).await;
    });
}

const SESSIONS: u64 = 100_000;
const ROTATIONS: u64 = 200_000;
