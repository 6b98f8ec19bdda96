//! Sessions in every state, and how a store treats them.

use std::time::Duration;

use bytes::Bytes;
use reissue::store::{
    Advance, Advanced, Attempt, Consume, Consumed, Create, OneTimeId, Record, Replace, Replaced,
    Revision, Store, SubjectKey,
};
use reissue::{Clock as _, Sid, SystemClock};

use crate::harness::{HOUR, subject_of};

/// Fills a store with sessions in every state, and with consumed ids. Two of the sessions and one
/// of the ids have expired.
pub(super) async fn fill(store: &impl Store) {
    let now = SystemClock.now();
    let create = async |create: Create| {
        store.create(create).await.expect("it serves");
    };
    create(session(PLAIN)).await;
    create(Create {
        idle: None,
        ..session(UNLIMITED)
    })
    .await;
    create(Create {
        idle: None,
        expires_at: Some(now + 2 * HOUR),
        ..session(ABSOLUTE)
    })
    .await;
    create(Create {
        idle: Some(3 * HOUR),
        expires_at: Some(now + HOUR),
        ..session(BOTH)
    })
    .await;
    create(Create {
        details: vec![7; 100_000].into(),
        ..session(LARGE)
    })
    .await;
    create(Create {
        idle: Some(Duration::ZERO),
        ..session("idle for too long")
    })
    .await;
    create(Create {
        expires_at: Some(now),
        ..session("expired")
    })
    .await;
    // More than one reply has.
    for number in 0..MANY {
        create(Create {
            sid: numbered(number),
            ..session("many")
        })
        .await;
    }

    create(session(ROTATED)).await;
    for from in 0..9 {
        assert_eq!(
            advance(store, rotation(ROTATED, from)).await,
            Advanced::Done
        );
    }
    let skipping = Advance {
        to: 15,
        ..rotation(ROTATED, 9)
    };
    assert_eq!(advance(store, skipping).await, Advanced::Done);
    assert_eq!(advance(store, rotation(ROTATED, 15)).await, Advanced::Done);

    create(session(SHARED)).await;
    assert_eq!(advance(store, rotation(SHARED, 0)).await, Advanced::Done);
    conflict(store, SHARED, 0).await;
    assert_eq!(advance(store, rotation(SHARED, 1)).await, Advanced::Done);
    conflict(store, SHARED, 1).await;
    conflict(store, SHARED, 1).await;

    create(session(REPLACED)).await;
    let replaced = store.replace(replace()).await.expect("it serves");
    assert_eq!(replaced, Replaced::Done);

    for (name, lifetime) in [("a", HOUR), ("b", 2 * HOUR), ("free again", Duration::ZERO)] {
        let consumed = store.consume(consume(name, lifetime)).await;
        assert_eq!(consumed.expect("it serves"), Consumed::First);
    }
}

/// Asserts that a store which has these sessions treats them as the one that has created them.
/// Changes them.
pub(super) async fn assert_behaviour(store: &impl Store) {
    for name in [PLAIN, UNLIMITED, ABSOLUTE, BOTH, LARGE] {
        assert_eq!(load(store, name).await.expect(name).generation, 0);
    }
    for name in ["idle for too long", "expired"] {
        assert_eq!(load(store, name).await, None, "{name}");
    }
    let record = load(store, LARGE).await.expect("it lives");
    assert_eq!(record.details.len(), 100_000);

    // The response to the last rotation was lost, and the client tries again.
    assert_eq!(advance(store, rotation(ROTATED, 15)).await, Advanced::Done);
    let record = conflict(store, ROTATED, 9).await;
    assert_eq!((record.generation, record.conflicts), (16, 1));
    for generation in 8..16 {
        let age = record.superseded_for(generation).expect("it is remembered");
        assert!(age < Duration::from_secs(600), "{age:?}");
    }
    assert_eq!(record.superseded_for(0), None, "it is reuse");
    assert_eq!(advance(store, rotation(ROTATED, 16)).await, Advanced::Done);

    let record = load(store, SHARED).await.expect("it lives");
    assert_eq!((record.conflicts, record.shared_generations), (2, 1));
    assert_eq!(advance(store, rotation(SHARED, 2)).await, Advanced::Done);
    let record = load(store, SHARED).await.expect("it lives");
    assert_eq!((record.conflicts, record.shared_generations), (0, 2));

    // Made before, and so made again without effect.
    let replaced = store.replace(replace()).await.expect("it serves");
    assert_eq!(replaced, Replaced::Done);
    let advanced = advance(store, rotation(REPLACED, 0)).await;
    assert!(matches!(advanced, Advanced::Conflict(_)), "{advanced:?}");
    let current = Advance {
        revision: replace().next,
        ..rotation(REPLACED, 0)
    };
    assert_eq!(advance(store, current).await, Advanced::Done);
    let record = load(store, REPLACED).await.expect("it lives");
    assert_eq!(record.details, replace().details);

    for (name, expected) in [
        ("a", Consumed::Already),
        ("b", Consumed::Already),
        ("free again", Consumed::First),
    ] {
        let consumed = store.consume(consume(name, HOUR)).await;
        assert_eq!(consumed.expect("it serves"), expected, "{name}");
    }
}

pub(super) async fn load(store: &impl Store, name: &str) -> Option<Record> {
    let record = store.load(subject_of(name), sid(name)).await;
    record.expect("it serves")
}

pub(super) async fn advance(store: &impl Store, advance: Advance) -> Advanced {
    store.advance(advance).await.expect("it serves")
}

/// Presents a generation that is superseded, in an attempt of its own.
async fn conflict(store: &impl Store, name: &str, from: u64) -> Record {
    let again = Advance {
        attempt: Attempt::from_bytes([0xff; 8]),
        ..rotation(name, from)
    };
    match advance(store, again).await {
        Advanced::Conflict(record) => record,
        other => panic!("{name}: {other:?}"),
    }
}

pub(super) fn session(name: &str) -> Create {
    Create {
        subject: subject_of(name),
        sid: sid(name),
        idle: Some(HOUR),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    }
}

pub(super) fn rotation(name: &str, from: u64) -> Advance {
    Advance {
        subject: subject_of(name),
        sid: sid(name),
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes((from + 1).to_be_bytes()),
        history: Duration::from_secs(600),
        idle: Some(HOUR),
    }
}

fn replace() -> Replace {
    let details = Bytes::from_static(b"fewer details");
    Replace {
        subject: subject_of(REPLACED),
        sid: sid(REPLACED),
        revision: Revision::ORIGINAL,
        next: Revision::ORIGINAL.next(&details),
        details,
    }
}

pub(super) fn consume(name: &str, lifetime: Duration) -> Consume {
    Consume {
        id: OneTimeId::derive("https://id.example", "code", name.as_bytes()),
        lifetime,
        is_revocation: false,
    }
}

/// Any number that the name alone decides.
pub(super) fn sid(name: &str) -> Sid {
    Sid::from_bytes(*SubjectKey::derive("sid", name).as_bytes())
}

pub(super) fn numbered(number: u64) -> Sid {
    sid(&number.to_string())
}

pub(super) const PLAIN: &str = "plain";
pub(super) const UNLIMITED: &str = "unlimited";
pub(super) const ABSOLUTE: &str = "absolute expiry only";
pub(super) const BOTH: &str = "absolute expiry before the idle one";
pub(super) const LARGE: &str = "large";
pub(super) const ROTATED: &str = "rotated";
pub(super) const SHARED: &str = "shared";
pub(super) const REPLACED: &str = "replaced";
/// How many sessions one of the subjects has.
pub(super) const MANY: u64 = 700;
