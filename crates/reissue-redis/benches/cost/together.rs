//! How many commands Redis reads at once, when many refreshes are under way on two threads.

use std::sync::Arc;
use std::time::Instant;

use redis::Value;
use reissue::store::{Advanced, Store};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::memory::{login, rotation, sid, subject_key};
use crate::overhead::raw_command;
use crate::server::Server;

pub(crate) fn report() {
    println!("\n64 sessions that refresh in a loop, on two threads");
    for round in 0..ROUNDS {
        for through in ["the driver alone", "the store"] {
            let runtime = Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            let server = Arc::new(Server::start(&[]));
            let (reads, seconds) = runtime.block_on(run(server, through == "the store"));
            let commands = (SESSIONS * REFRESHES) as f64;
            println!(
                "  {round} {through:<17} {:>5.2} commands a read, {:>6.0} refreshes a second",
                commands / reads,
                commands / seconds
            );
        }
    }
}

async fn run(server: Arc<Server>, by_store: bool) -> (f64, f64) {
    let store = server.store();
    for number in 0..SESSIONS {
        login(&store, number, number).await;
    }
    let driver = server.driver().await;
    let before = server.reads().await;
    let start = Instant::now();
    let mut sessions = JoinSet::new();
    for number in 0..SESSIONS {
        let (store, mut driver) = (store.clone(), driver.clone());
        sessions.spawn(async move {
            for from in 1..=REFRESHES {
                if by_store {
                    let advance = rotation(subject_key(number), sid(number), from);
                    let advanced = store.advance(advance).await.expect("it serves");
                    assert_eq!(advanced, Advanced::Done);
                } else {
                    let cmd = raw_command(subject_key(number), sid(number), from);
                    let reply: Value = cmd.query_async(&mut driver).await.expect("it serves");
                    assert!(matches!(reply, Value::BulkString(_)), "the short script");
                }
                // What else a request does on its thread.
                std::hint::black_box((0..20_000_u64).fold(0, |sum, n| sum ^ n.rotate_left(7)));
            }
        });
    }
    sessions.join_all().await;
    let seconds = start.elapsed().as_secs_f64();
    (server.reads().await - before, seconds)
}

const ROUNDS: usize = 3;
const SESSIONS: u64 = 64;
const REFRESHES: u64 = 300;
