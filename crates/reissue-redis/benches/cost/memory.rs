//! What sessions take on the server.

use std::time::Duration;

use bytes::Bytes;
use reissue::store::{Advance, Attempt, Create, Revision, Store, SubjectKey};
use reissue::{Clock, Sid, SystemClock};
use tokio::task::JoinSet;

use crate::server::Server;

pub(crate) async fn per_session(server: &Server, per_subject: u64) -> f64 {
    let store = server.store();
    login(&store, 0, u64::MAX).await;
    let before = server.used_memory().await;
    let mut logins = JoinSet::new();
    for worker in 0..WORKERS {
        let store = store.clone();
        logins.spawn(async move {
            for number in (worker..SESSIONS).step_by(WORKERS as usize) {
                login(&store, number / per_subject, number).await;
            }
        });
    }
    logins.join_all().await;
    (server.used_memory().await - before) as f64 / SESSIONS as f64
}

/// A session that was refreshed once.
pub(crate) async fn login(store: &impl Store, subject: u64, number: u64) {
    let subject = subject_key(subject);
    let sid = sid(number);
    let create = Create {
        subject,
        sid,
        idle: Some(DAY * 30),
        expires_at: Some(SystemClock.now() + DAY * 90),
        details: Bytes::from_static(br#"{"c":"web","p":"openid read write"}"#),
        limit: None,
    };
    store.create(create).await.expect("it serves");
    store
        .advance(rotation(subject, sid, 0))
        .await
        .expect("it serves");
}

pub(crate) fn rotation(subject: SubjectKey, sid: Sid, from: u64) -> Advance {
    Advance {
        subject,
        sid,
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes((!from).to_be_bytes()),
        history: GRACE,
        idle: Some(DAY * 30),
    }
}

/// Of a subject whose name has 36 characters.
pub(crate) fn subject_key(number: u64) -> SubjectKey {
    let name = format!("9b2d1c9e-1f0a-4a55-9f7e-{number:012x}");
    SubjectKey::derive("https://id.example", &name[..36])
}

/// Spread as digests are.
pub(crate) fn sid(number: u64) -> Sid {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes[8..].copy_from_slice(&number.wrapping_mul(0xc2b2_ae3d_27d4_eb4f).to_be_bytes());
    Sid::from_bytes(bytes)
}

const SESSIONS: u64 = 100_000;
const WORKERS: u64 = 64;
const GRACE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
