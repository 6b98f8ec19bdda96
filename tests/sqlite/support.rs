//! Folders of their own, sessions, and what an error was.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{
    Advance, Advanced, Attempt, Create, Created, Revision, Store as _, StoreError, SubjectKey,
};
use reissue_sqlite::{SqliteStore, SqliteStoreError, SqliteStoreErrorKind};
use tempfile::TempDir;

/// A folder that goes with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.file("sessions.db")
    }

    pub(crate) fn store(&self) -> SqliteStore {
        open(&self.database())
    }
}

/// Opens a store that waits for a busy machine.
pub(crate) fn open(file: &Path) -> SqliteStore {
    SqliteStore::builder(file)
        .with_response_timeout(PATIENCE)
        .build()
        .unwrap()
}

pub(crate) fn subject(number: u64) -> SubjectKey {
    SubjectKey::derive("https://id.example", &number.to_string())
}

pub(crate) fn sid(number: u64) -> Sid {
    let half = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&half);
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    Sid::from_bytes(bytes)
}

/// A session like those of the token server, one for each subject.
pub(crate) fn session(number: u64) -> Create {
    Create {
        subject: subject(number),
        sid: sid(number),
        idle: Some(Duration::from_secs(14 * 86_400)),
        expires_at: None,
        details: Bytes::from_static(b"what is granted to a client"),
        limit: None,
    }
}

/// The rotation of that session from one generation to the next.
pub(crate) fn rotation(number: u64, from: u64) -> Advance {
    Advance {
        subject: subject(number),
        sid: sid(number),
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes((from + 1).to_be_bytes()),
        history: Duration::from_secs(60),
        idle: Some(Duration::from_secs(14 * 86_400)),
    }
}

pub(crate) async fn log_in(store: &SqliteStore, number: u64) {
    let created = store.create(session(number)).await.unwrap();
    assert!(matches!(created, Created::Done { .. }));
}

pub(crate) async fn refresh(store: &SqliteStore, number: u64, from: u64) {
    let advanced = store.advance(rotation(number, from)).await.unwrap();
    assert_eq!(advanced, Advanced::Done);
}

/// The generation of a session; `None` if it is missing.
pub(crate) async fn generation(store: &SqliteStore, number: u64) -> Option<u64> {
    let record = store.load(subject(number), sid(number)).await.unwrap();
    record.map(|record| record.generation)
}

pub(crate) fn kind(error: &StoreError) -> SqliteStoreErrorKind {
    error
        .source()
        .and_then(|source| source.downcast_ref::<SqliteStoreError>())
        .unwrap()
        .kind()
}

/// How long a call takes is no part of the contract, and the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
