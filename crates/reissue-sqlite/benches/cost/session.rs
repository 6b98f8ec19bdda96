use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{Advance, Attempt, Create, Revision, Store as _, SubjectKey};
use reissue_sqlite::SqliteStore;

/// Creates that many sessions of as many subjects, by 64 clients.
pub(crate) async fn log_in(store: &SqliteStore, count: u64) {
    let next = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..64)
        .map(|_| {
            let (store, next) = (store.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    store.create(session(number)).await.expect("created");
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("done");
    }
}

/// A session as the token server makes it: one scope of two words, a client, no claims.
fn session(number: u64) -> Create {
    Create {
        subject: subject(number),
        sid: sid(number),
        idle: Some(IDLE),
        expires_at: None,
        details: Bytes::from_static(b"\x02client-1read writ"),
        limit: None,
    }
}

/// A rotation that fits generation `from`.
pub(crate) fn rotation(number: u64, from: u64) -> Advance {
    Advance {
        subject: subject(number),
        sid: sid(number),
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes((number ^ (from << 40)).to_be_bytes()),
        history: Duration::from_secs(60),
        idle: Some(IDLE),
    }
}

fn subject(number: u64) -> SubjectKey {
    SubjectKey::derive("https://id.example", &number.to_string())
}

/// Digests are spread evenly.
fn sid(number: u64) -> Sid {
    Sid::from_bytes(*SubjectKey::derive("sid", &number.to_string()).as_bytes())
}

const IDLE: Duration = Duration::from_secs(14 * 86_400);
