//! Measures the memory of a session on the server, and what the store costs above the driver. Run
//! it with `cargo bench -p reissue-redis`.
//!
//! Starts a redis-server of its own.
#![expect(clippy::print_stdout, reason = "a report")]
#![expect(clippy::expect_used, reason = "nobody waits for it")]

mod memory;
mod overhead;
mod server;
mod together;

use server::Server;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        println!("used memory per session, 100,000 plain sessions, each refreshed once");
        for (per_subject, target) in [(1, 460), (3, 320)] {
            let bytes = memory::per_session(&Server::start(&[]), per_subject).await;
            let tables = &["--hash-max-listpack-value", "16"];
            let in_tables = memory::per_session(&Server::start(tables), per_subject).await;
            println!(
                "  {per_subject} per subject  {bytes:>6.0} bytes  (target: at most {target}); \
                 {in_tables:.0} without listpacks"
            );
        }
        overhead::own_count(&Server::start(&[])).await;
        overhead::report(&Server::start(&[])).await;
        overhead::large_subject(&Server::start(&[])).await;
    });
    together::report();
}
