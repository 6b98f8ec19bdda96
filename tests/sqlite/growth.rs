//! The size of the file, over many rotations and after many sessions have expired.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use reissue::Timestamp;
use reissue::store::{Advance, Attempt, Consume, OneTimeId, Store as _};
use reissue_sqlite::{SqliteStore, backup};
use reissue_tests::{report, usual_or_long};
use rusqlite::Connection;

use crate::support::{Folder, PATIENCE, rotation, session};

/// A store whose clock the test moves. What is measured here does not depend on the disk.
struct Aged {
    folder: Folder,
    store: SqliteStore,
    millis: Arc<AtomicU64>,
}

impl Aged {
    fn new() -> Self {
        let folder = Folder::new();
        let millis = Arc::new(AtomicU64::new(1_700_000_000_000));
        let clock = Arc::clone(&millis);
        let store = SqliteStore::builder(folder.database())
            .with_clock(move || Timestamp::from_millis(clock.load(SeqCst)))
            .with_relaxed_refreshes()
            .with_response_timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            folder,
            store,
            millis,
        }
    }

    fn pass(&self, seconds: u64) {
        self.millis.fetch_add(seconds * 1_000, SeqCst);
    }

    /// Runs something for each number, 64 at a time.
    async fn each<F>(&self, numbers: std::ops::Range<u64>, run: impl Fn(SqliteStore, u64) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = tokio::task::JoinSet::new();
        for number in numbers {
            if tasks.len() == 64 {
                tasks.join_next().await.unwrap().unwrap();
            }
            tasks.spawn(run(self.store.clone(), number));
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
    }

    async fn log_in(&self, numbers: std::ops::Range<u64>) {
        self.each(numbers, |store, number| async move {
            store.create(session(number)).await.unwrap();
        })
        .await;
    }

    async fn refresh(&self, numbers: std::ops::Range<u64>, from: u64) {
        self.each(numbers, move |store, number| async move {
            let attempt = Attempt::from_bytes((number ^ (from << 40)).to_be_bytes());
            let advance = Advance {
                attempt,
                ..rotation(number, from)
            };
            store.advance(advance).await.unwrap();
        })
        .await;
    }

    fn size(&self) -> u64 {
        fs::metadata(self.folder.database()).unwrap().len()
    }

    /// The length of the log's file, and how often the log has begun anew, which is in its header.
    fn log(&self) -> (usize, u32) {
        let log = fs::read(self.folder.file("sessions.db-wal")).unwrap();
        let count = log[12..16].try_into().unwrap();
        (log.len(), u32::from_be_bytes(count))
    }

    /// What the same content takes without any gap.
    fn content(&self) -> u64 {
        let copy = self.folder.file("copy.db");
        backup(self.folder.database(), &copy).unwrap();
        let size = fs::metadata(&copy).unwrap().len();
        fs::remove_file(&copy).unwrap();
        size
    }
}

#[tokio::test]
async fn rotations_do_not_grow_the_file() {
    let sessions = usual_or_long(10_000, 100_000);
    let aged = Aged::new();
    aged.log_in(0..sessions).await;
    for from in 0..10 {
        // More than the grace in which a record remembers its rotations.
        aged.pass(600);
        aged.refresh(0..sessions, from).await;
    }
    let (size, content) = (aged.size(), aged.content());
    report(format_args!(
        "{sessions} sessions: {size} bytes, {} each, of which {content} are content",
        size / sessions
    ));
    assert!(size * 10 <= content * 13, "{size} for {content}");
    assert!(size / sessions <= 150, "{} a session", size / sessions);
}

#[tokio::test]
async fn the_file_of_the_log_is_not_cut_when_the_log_begins_anew() {
    // To cut it would take ten milliseconds, for which everybody waits.
    let aged = Aged::new();
    aged.log_in(0..10_000).await;
    let (mut length, mut times) = aged.log();
    let mut has_begun_anew_when_long = false;
    let mut rounds = 0;
    while !has_begun_anew_when_long {
        assert!(rounds < 20, "the log begins anew when it has 10,000 pages");
        aged.refresh(0..10_000, rounds).await;
        rounds += 1;
        let (length_before, times_before) = (length, times);
        (length, times) = aged.log();
        assert!(length >= length_before, "{length_before}, then {length}");
        has_begun_anew_when_long = length_before >= 10_000 * 4_096 && times > times_before;
    }
}

#[tokio::test]
async fn expired_sessions_go_with_the_writes_of_others_and_the_file_shrinks() {
    let expired = usual_or_long(20_000, 1_000_000);
    let aged = Aged::new();
    aged.log_in(0..expired).await;
    aged.pass(15 * 86_400);
    aged.log_in(expired..expired + 100).await;
    let full = aged.size();
    let mut rounds = 0;
    let mut slowest = Duration::ZERO;
    while rows(&aged.folder.database(), "session") > 100 {
        aged.refresh(expired..expired + 99, rounds).await;
        // How long one takes that waits for no other.
        let began = Instant::now();
        aged.refresh(expired + 99..expired + 100, rounds).await;
        slowest = slowest.max(began.elapsed());
        rounds += 1;
        assert!(
            rounds * 100 < expired / 4,
            "one write removes at least four"
        );
    }
    report(format_args!(
        "{expired} expired sessions are gone; of {rounds} refreshes meanwhile, each alone, the \
         slowest took {slowest:?}"
    ));
    // The file follows a little later.
    for _ in 0..400 {
        aged.refresh(expired..expired + 100, rounds).await;
        rounds += 1;
        if aged.size() * 8 < full {
            return;
        }
    }
    panic!("{} of {full} bytes are left", aged.size());
}

#[tokio::test]
async fn one_time_ids_go_when_their_time_is_up() {
    let aged = Aged::new();
    let consume = |store: SqliteStore, number: u64| async move {
        let consume = Consume {
            id: OneTimeId::derive("https://id.example", "code", &number.to_be_bytes()),
            lifetime: Duration::from_secs(60),
            is_revocation: false,
        };
        store.consume(consume).await.unwrap();
    };
    for round in 0..10 {
        aged.each(round * 1_000..(round + 1) * 1_000, consume).await;
        aged.pass(60);
    }
    let left = rows(&aged.folder.database(), "one_time_id");
    assert!(
        left <= 1_300,
        "{left} of 10,000, of which 1,000 were the last"
    );
}

fn rows(database: &Path, table: &str) -> u64 {
    let connection = Connection::open(database).unwrap();
    let count = format!("select count(*) from {table}");
    connection
        .query_row(&count, [], |row| row.get::<_, i64>(0))
        .unwrap()
        .cast_unsigned()
}
