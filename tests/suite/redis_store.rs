//! The Redis store on servers that the tests start.

mod harness;

mod cluster;
mod common_path;
mod connection;
mod cost;
mod durability;
mod errors;
mod growth;
mod large_subjects;
mod memory;
mod one_server;
mod readiness;
mod reconnects;
mod sentinel;
mod tls;
mod together;

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{Advance, Attempt, Create, Revision, Store, StoreError, SubjectKey};
use reissue_redis::{RedisStoreError, RedisStoreErrorKind};

pub(crate) use self::readiness::{info_of_version, time_ahead_by};

fn kind<T: Debug>(result: Result<T, StoreError>) -> RedisStoreErrorKind {
    let error = result.expect_err("it must fail");
    let source = error.source().expect("a source");
    let source: &RedisStoreError = source.downcast_ref().expect("a typed source");
    source.kind()
}

fn subject() -> SubjectKey {
    SubjectKey::derive("https://id.example", "alice")
}

fn sid(number: u8) -> Sid {
    Sid::from_bytes([number; 16])
}

fn family(sid: Sid) -> Create {
    Create {
        subject: subject(),
        sid,
        idle: Some(HOUR),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    }
}

fn rotation(sid: Sid, from: u64) -> Advance {
    Advance {
        subject: subject(),
        sid,
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes((!from).to_be_bytes()),
        history: Duration::from_secs(60),
        idle: Some(HOUR),
    }
}

/// Asks until it serves, as clients that got `503` do.
async fn until_ok<T>(mut ask: impl AsyncFnMut() -> Result<T, StoreError>, within: Duration) -> T {
    let patience = tokio::time::Instant::now() + within;
    loop {
        match ask().await {
            Ok(response) => return response,
            Err(error) => {
                let so_far = tokio::time::Instant::now();
                assert!(so_far < patience, "{error:?} still after {within:?}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn generation(store: &impl Store, sid: Sid) -> u64 {
    let record = store.load(subject(), sid).await.expect("it serves");
    record.expect("it lives").generation
}

const HOUR: Duration = Duration::from_secs(3_600);
