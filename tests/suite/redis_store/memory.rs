//! What sessions take on the server.

use std::time::Duration;

use bytes::Bytes;
use reissue::store::{Create, Store, SubjectKey};
use reissue::{Clock as _, Grant, GrantType, Sid, SystemClock};
use reissue_redis::RedisStore;
use reissue_tests::redis::RedisServer;
use reissue_tests::{ISSUER, report, trusted};
use tokio::task::JoinSet;

use super::rotation;
use crate::redis_faults::Fleet;

#[tokio::test]
async fn a_session_takes_no_more_than_460_bytes_alone_and_320_among_three() {
    let details = details_of_three_scopes().await;
    for (per_subject, bound) in [(1, 460.0), (3, 320.0)] {
        let bytes = bytes_of_a_session(per_subject, &details).await;
        report(format_args!(
            "{per_subject} per subject: {bytes:.0} bytes a session"
        ));
        assert!(bytes > details.len() as f64, "they were kept: {bytes}");
        assert!(bytes <= bound, "{bytes} bytes, {per_subject} per subject");
    }
}

/// What the engine keeps of a session of one client.
async fn details_of_three_scopes() -> Bytes {
    let server = RedisServer::start();
    let fleet = Fleet::at(server.url());
    let scope = "openid read write".parse().expect("a good scope");
    let grant = Grant::new(subject(0)).with_scope(scope);
    let web = trusted("web");
    let login = fleet
        .engine
        .server
        .issue(&web, GrantType::PASSWORD, grant)
        .await;
    login.expect("it serves");
    let page = fleet.engine.store.sessions(key(0), None, 9).await;
    let (_, record) = page.expect("it serves").families.remove(0);
    record.details
}

/// Each was refreshed once.
async fn bytes_of_a_session(per_subject: u64, details: &Bytes) -> f64 {
    let server = RedisServer::start();
    let store = RedisStore::builder(server.url())
        .with_response_timeout(Duration::from_secs(20))
        .build()
        .expect("a good configuration");
    // The scripts and the connection are there before and after.
    login(&store, u64::MAX, u64::MAX, details).await;
    let before = server.used_memory();
    let mut logins = JoinSet::new();
    for worker in 0..WORKERS {
        let (store, details) = (store.clone(), details.clone());
        logins.spawn(async move {
            for number in (worker..SESSIONS).step_by(WORKERS as usize) {
                login(&store, number / per_subject, number, &details).await;
            }
        });
    }
    logins.join_all().await;
    (server.used_memory() - before) as f64 / SESSIONS as f64
}

async fn login(store: &RedisStore, subject: u64, number: u64, details: &Bytes) {
    let create = Create {
        subject: key(subject),
        sid: sid(number),
        idle: Some(DAY * 30),
        expires_at: Some(SystemClock.now() + DAY * 90),
        details: details.clone(),
        limit: None,
    };
    store.create(create).await.expect("it serves");
    let mut advance = rotation(sid(number), 0);
    advance.subject = key(subject);
    advance.idle = Some(DAY * 30);
    store.advance(advance).await.expect("it serves");
}

fn key(subject_number: u64) -> SubjectKey {
    SubjectKey::derive(ISSUER, &subject(subject_number))
}

/// 36 characters, as a UUID has.
fn subject(number: u64) -> String {
    let number = number & 0xffff_ffff_ffff;
    format!("9b2d1c9e-1f0a-4a55-9f7e-{number:012x}")
}

fn sid(number: u64) -> Sid {
    let mut sid = [0; 16];
    sid[..8].copy_from_slice(&number.to_be_bytes());
    Sid::from_bytes(sid)
}

const SESSIONS: u64 = 5_000;
const WORKERS: u64 = 32;
const DAY: Duration = Duration::from_secs(86_400);
