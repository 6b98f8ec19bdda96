//! `create` and `load`.

use bytes::Bytes;

use super::Harness;
use super::fixture::{Fixture, LONG, assert_between, at_most, done, sid};
use crate::clock::Timestamp;
use crate::store::{Advanced, Create, Revision, WhenFull};

/// A new family loads as it was recorded, whatever bytes its details are.
pub(super) async fn a_created_family_loads_as_it_was_recorded(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let every_byte: Vec<u8> = (0..4096_u32).map(|n| n.to_le_bytes()[0]).collect();
    let zeros = vec![0; 64];
    for (number, details) in (0..).zip([Vec::new(), every_byte, zeros, b"\r\n*1\r\n$".to_vec()]) {
        let details = Bytes::from(details);
        let before = harness.now().await;
        fixture
            .given(Create {
                details: details.clone(),
                ..fixture.family(sid(number))
            })
            .await;
        let record = fixture.record(sid(number)).await;
        let after = harness.now().await;

        assert_eq!(record.details, details, "details");
        assert_eq!(record.generation, 0, "generation");
        assert_eq!(record.revision, Revision::ORIGINAL, "revision");
        assert_eq!(record.conflicts, 0, "conflicts");
        assert_between(before, record.created_at, after, "the creation");
        assert_eq!(record.rotated_at, record.created_at, "the rotation time");
        assert_eq!(
            record.deadline,
            Some(record.created_at + LONG),
            "the deadline of a family that has only an idle time"
        );
        assert_eq!(record.shared_generations, 0, "shared generations");
        assert_eq!(record.last_rotation, None, "there was no rotation");
        assert_eq!(record.earlier_rotations, [], "nor one before");
    }
}

/// The earlier of idle time and absolute expiry is the deadline of a new family, to the
/// millisecond.
pub(super) async fn the_deadline_is_the_nearer_of_idle_time_and_expiry(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let soon = Timestamp::from_millis((harness.now().await + LONG / 2).as_millis() | 1);
    let end_of_the_year_9999 = Timestamp::from_millis(253_402_300_799_999);
    let cases = [
        (Some(LONG), Some(soon), Some(soon)),
        (None, Some(soon), Some(soon)),
        (None, Some(end_of_the_year_9999), Some(end_of_the_year_9999)),
        (None, None, None),
    ];
    for (number, (idle, expires_at, deadline)) in (0..).zip(cases) {
        fixture
            .given(Create {
                idle,
                expires_at,
                ..fixture.family(sid(number))
            })
            .await;
        let record = fixture.record(sid(number)).await;
        assert_eq!(record.deadline, deadline, "for {idle:?}, {expires_at:?}");
    }

    fixture
        .given(Create {
            expires_at: Some(end_of_the_year_9999),
            ..fixture.family(sid(9))
        })
        .await;
    let record = fixture.record(sid(9)).await;
    assert_eq!(
        record.deadline,
        Some(record.created_at + LONG),
        "the idle time ends before the year 9999"
    );
}

/// A family that exists does not change when it is created again, even after a rotation and at the
/// limit.
pub(super) async fn creating_twice_is_creating_once(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let again = Create {
        details: Bytes::from_static(b"other"),
        idle: None,
        ..fixture.family(sid(1))
    };
    fixture.given(fixture.family(sid(1))).await;
    fixture.given(fixture.family(sid(2))).await;
    assert_eq!(fixture.create(again.clone()).await, done(), "sent twice");
    let record = fixture.record(sid(1)).await;
    assert_eq!(record.details, "details", "the first details stay");
    assert!(record.deadline.is_some(), "the first deadline stays");

    let rotated = fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    assert_eq!(rotated, Advanced::Done);
    assert_eq!(fixture.create(again.clone()).await, done(), "once more");
    let record = fixture.record(sid(1)).await;
    assert_eq!(record.generation, 1, "the generation is not set back");

    for when_full in [WhenFull::Refuse, WhenFull::EvictOldest] {
        for max in [1, 2] {
            let at_limit = Create {
                limit: at_most(max, when_full),
                ..again.clone()
            };
            assert_eq!(fixture.create(at_limit).await, done(), "at the limit");
        }
    }
    assert_eq!(fixture.sids().await, [sid(1), sid(2)], "nobody had to go");
}
