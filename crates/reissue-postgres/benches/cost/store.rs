use std::time::{Duration, Instant};

use reissue::Sid;
use reissue::store::{Advance, Advanced, Attempt, Create, Revision, Store, SubjectKey};
use reissue_postgres::PostgresStoreBuilder;
use tokio::task::JoinSet;

use super::{CONNECTIONS, SESSIONS, TIME};

/// Makes the sessions.
pub(super) async fn fill(builder: &PostgresStoreBuilder) {
    let store = patient(builder);
    store.migrate().await.expect("the superuser may do it");
    let mut workers = JoinSet::new();
    for worker in 0..CONNECTIONS {
        let store = store.clone();
        workers.spawn(async move {
            for number in 0..SESSIONS {
                let create = Create {
                    subject: subject(worker, number),
                    sid: SID,
                    idle: Some(DAY),
                    expires_at: None,
                    details: vec![7; 100].into(),
                    limit: None,
                };
                store.create(create).await.expect("it serves");
            }
        });
    }
    workers.join_all().await;
}

/// Returns how many sessions are rotated in a second.
pub(super) async fn rotations(builder: &PostgresStoreBuilder) -> f64 {
    let store = patient(builder);
    let begun = Instant::now();
    let mut workers = JoinSet::new();
    for worker in 0..CONNECTIONS {
        let store = store.clone();
        workers.spawn(async move {
            let mut done = 0_usize;
            while begun.elapsed() < TIME {
                let advance = Advance {
                    subject: subject(worker, done % SESSIONS),
                    sid: SID,
                    from: (done / SESSIONS) as u64,
                    to: (done / SESSIONS) as u64 + 1,
                    revision: Revision::ORIGINAL,
                    attempt: Attempt::from_bytes((done as u64 + 1).to_be_bytes()),
                    history: Duration::from_secs(60),
                    idle: Some(DAY),
                };
                let advanced = store.advance(advance).await.expect("it serves");
                assert_eq!(advanced, Advanced::Done);
                done += 1;
            }
            done
        });
    }
    let done: usize = workers.join_all().await.into_iter().sum();
    done as f64 / begun.elapsed().as_secs_f64()
}

fn patient(builder: &PostgresStoreBuilder) -> reissue_postgres::PostgresStore {
    let builder = builder
        .clone()
        .with_response_timeout(Duration::from_secs(20));
    builder.build().expect("the configuration is good")
}

fn subject(worker: usize, number: usize) -> SubjectKey {
    SubjectKey::derive("https://id.example", &format!("{worker} {number}"))
}

/// The same for all: each subject has one session.
const SID: Sid = Sid::from_bytes([5; 16]);

const DAY: Duration = Duration::from_secs(86_400);
