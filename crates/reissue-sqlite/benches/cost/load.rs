use std::time::{Duration, Instant};

use reissue::store::{Advanced, Store as _};
use reissue_sqlite::SqliteStore;

use crate::SESSIONS;
use crate::session::rotation;

/// What came of a load: rotations a second, and milliseconds for one.
pub(crate) struct Load {
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// Rotates sessions that lie far from one another, by so many clients at once.
pub(crate) async fn run(store: &SqliteStore, clients: u64, rotations: u64) -> Load {
    let began = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(rotate(store.clone(), client, clients, rotations)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("done"));
    }
    let took = began.elapsed();
    times.sort_unstable();
    let millis = |part: f64| {
        let index = (times.len() - 1) as f64 * part;
        times[index as usize].as_secs_f64() * 1_000.0
    };
    Load {
        rate: times.len() as f64 / took.as_secs_f64(),
        p50: millis(0.5),
        p99: millis(0.99),
        max: millis(1.0),
    }
}

/// Each client has sessions of its own.
async fn rotate(store: SqliteStore, client: u64, clients: u64, rotations: u64) -> Vec<Duration> {
    let mut times = Vec::new();
    for round in 0..rotations / clients {
        let own = SESSIONS / clients;
        let (number, from) = ((round % own) * clients + client, round / own);
        let began = Instant::now();
        let advanced = store.advance(rotation(number, from)).await;
        times.push(began.elapsed());
        assert_eq!(advanced.expect("advanced"), Advanced::Done);
    }
    times
}
