use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::clock::{Clock as _, SystemClock, Timestamp};
use crate::store::{
    Advance, Advanced, Attempt, Consume, Consumed, Create, MemoryStore, OneTimeId, Revision,
    Revoke, Sid, Store, SubjectKey,
};

#[tokio::test]
async fn an_export_is_complete_whatever_the_size_of_a_page() {
    let store = MemoryStore::new();
    fill(&store, 300).await;
    for limit in [1, 7, 300, 1_000] {
        let mut sids = Vec::new();
        let mut ids = Vec::new();
        let mut cursor = None;
        loop {
            let page = store.export(cursor, limit).await.unwrap();
            assert!(page.sessions.len() <= limit && page.one_time_ids.len() <= limit);
            sids.extend(page.sessions.iter().map(|entry| entry.sid));
            ids.extend(page.one_time_ids.iter().map(|entry| entry.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((sids.len(), ids.len()), (300, 300), "{limit}");
        assert_eq!(sids.iter().collect::<BTreeSet<_>>().len(), 300);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 300);
    }
}

#[tokio::test]
async fn a_cursor_of_another_store_is_an_error() {
    let cursor = ExportCursor::from_bytes("of another");
    assert!(MemoryStore::new().export(Some(cursor), 1).await.is_err());
}

#[tokio::test]
async fn a_copy_is_equal_and_a_second_one_changes_nothing() {
    let (old, new) = (MemoryStore::new(), MemoryStore::new());
    fill(&old, 1_200).await;
    let report = copy(&old, &new, CopyMode::Initial).await.unwrap();
    assert_eq!(
        (report.sessions.added, report.sessions.total()),
        (1_200, 1_200)
    );
    assert_eq!(report.one_time_ids.added, 1_200);
    assert_eq!(content(&old).await, content(&new).await);

    let report = copy(&old, &new, CopyMode::Update).await.unwrap();
    assert_eq!(report.sessions.unchanged, 1_200);
    assert_eq!((report.sessions.total(), report.removed), (1_200, 0));
}

#[tokio::test]
async fn an_update_revokes_and_changes_and_an_initial_copy_refuses_to() {
    let (old, new) = (MemoryStore::new(), MemoryStore::new());
    fill(&old, 10).await;
    copy(&old, &new, CopyMode::Initial).await.unwrap();
    let revoke = Revoke::One(sid(3));
    assert_eq!(old.revoke(subject(3), revoke).await.unwrap(), 1);
    assert_eq!(old.advance(rotation(4)).await.unwrap(), Advanced::Done);
    old.create(session(10)).await.unwrap();

    let refused = copy(&old, &new, CopyMode::Initial).await;
    assert!(matches!(refused, Err(CopyError::NotEmpty)), "{refused:?}");
    assert!(new.load(subject(3), sid(3)).await.unwrap().is_some());

    let report = copy(&old, &new, CopyMode::Update).await.unwrap();
    let expected = Imported {
        added: 1,
        changed: 1,
        unchanged: 8,
    };
    assert_eq!((report.sessions, report.removed), (expected, 1));
    assert_eq!(content(&old).await, content(&new).await);
}

#[tokio::test]
async fn what_has_expired_is_neither_exported_nor_imported() {
    let (old, new) = (MemoryStore::new(), MemoryStore::new());
    let expired = Create {
        idle: Some(Duration::ZERO),
        ..session(1)
    };
    old.create(expired).await.unwrap();
    old.consume(consume(1, Duration::ZERO)).await.unwrap();
    let report = copy(&old, &new, CopyMode::Initial).await.unwrap();
    assert_eq!(
        (report.sessions.total(), report.one_time_ids.total()),
        (0, 0)
    );

    fill(&old, 1).await;
    let mut page = old.export(None, 10).await.unwrap();
    page.sessions[0].deadline = Some(page.now);
    let imported = new.import_sessions(page.sessions).await.unwrap();
    assert_eq!(imported, Imported::default());
    let id = OneTimeEntry {
        id: OneTimeId::from_bytes([1; 32]),
        expires_at: page.now,
    };
    let imported = new.import_one_time_ids(vec![id]).await.unwrap();
    assert_eq!(imported, Imported::default());
}

#[tokio::test]
async fn an_imported_session_expires_at_its_deadline() {
    let now = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(1_000));
    let clock = now.clone();
    let clock = move || Timestamp::from_millis(clock.load(std::sync::atomic::Ordering::Relaxed));
    let (old, new) = (
        MemoryStore::with_clock(clock.clone()),
        MemoryStore::with_clock(clock),
    );
    fill(&old, 1).await;
    now.store(3_000_000, std::sync::atomic::Ordering::Relaxed);
    copy(&old, &new, CopyMode::Initial).await.unwrap();
    assert!(new.load(subject(0), sid(0)).await.unwrap().is_some());
    // An hour after its creation, not after the copy.
    now.store(3_601_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(new.load(subject(0), sid(0)).await.unwrap(), None);
    assert_eq!(
        new.consume(consume(0, HOUR)).await.unwrap(),
        Consumed::First
    );
}

#[tokio::test]
async fn a_store_is_not_copied_onto_itself() {
    let store = MemoryStore::new();
    for mode in [CopyMode::Initial, CopyMode::Update] {
        let refused = copy(&store, &store.clone(), mode).await;
        assert!(matches!(refused, Err(CopyError::SameStore)), "{refused:?}");
    }
}

#[tokio::test]
async fn clocks_that_differ_too_much_are_refused() {
    let old = MemoryStore::new();
    fill(&old, 1).await;
    for (ahead, is_refused) in [(1, false), (4, true)] {
        let ahead = Duration::from_secs(ahead);
        let new = MemoryStore::with_clock(move || SystemClock.now() + ahead);
        let copied = copy(&old, &new, CopyMode::Initial).await;
        let differs = matches!(copied, Err(CopyError::ClockSkew { .. }));
        assert_eq!(differs, is_refused, "{copied:?}");
        let back = copy(&new, &MemoryStore::new(), CopyMode::Initial).await;
        assert_eq!(back.is_err(), is_refused, "{back:?}");
    }
}

#[test]
fn an_idle_time_behind_the_absolute_expiry_is_none() {
    let at = Timestamp::from_secs;
    let entry = |deadline, expires_at| SessionEntry {
        subject: subject(0),
        sid: sid(0),
        generation: 0,
        revision: Revision::ORIGINAL,
        conflicts: 0,
        shared_generations: 0,
        created_at: at(100),
        rotated_at: at(100),
        attempt: None,
        skipped: 0,
        earlier_rotations: Vec::new(),
        deadline,
        expires_at,
        details: Bytes::new(),
    };
    let idle = |deadline, expires_at| entry(deadline, expires_at).idle();
    assert_eq!(idle(None, None), None);
    assert_eq!(idle(Some(at(160)), None), Some(Duration::from_secs(60)));
    assert_eq!(
        idle(Some(at(160)), Some(at(200))),
        Some(Duration::from_secs(60))
    );
    assert_eq!(idle(Some(at(160)), Some(at(160))), None);
}

async fn fill(store: &MemoryStore, count: u64) {
    for number in 0..count {
        store.create(session(number)).await.unwrap();
        let consumed = store.consume(consume(number, HOUR)).await.unwrap();
        assert_eq!(consumed, Consumed::First);
    }
}

async fn content(store: &MemoryStore) -> Vec<SessionEntry> {
    let page = store.export(None, 10_000).await.unwrap();
    page.sessions
}

fn subject(number: u64) -> SubjectKey {
    SubjectKey::derive("https://id.example", &(number / 2).to_string())
}

fn sid(number: u64) -> Sid {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Sid::from_bytes(bytes)
}

fn session(number: u64) -> Create {
    Create {
        subject: subject(number),
        sid: sid(number),
        idle: Some(HOUR),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    }
}

fn rotation(number: u64) -> Advance {
    Advance {
        subject: subject(number),
        sid: sid(number),
        from: 0,
        to: 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes([1; 8]),
        history: Duration::from_secs(60),
        idle: Some(HOUR),
    }
}

fn consume(number: u64, lifetime: Duration) -> Consume {
    Consume {
        id: OneTimeId::derive("https://id.example", "code", &number.to_be_bytes()),
        lifetime,
        is_revocation: false,
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
