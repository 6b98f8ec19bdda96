use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use reissue::store::{Attempt, PastRotation, Revision};

use super::decode::{DecodeError, Reader};
use super::encode::encode;
use super::fields::{AGE_BITS, CREATION_BITS, END_OF_TIME, beginning, idle, idle_from_code};
use super::packed_record::{EarlierRotation, PackedRecord};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn decoding_undoes_encoding(packed in packed()) {
        prop_assert_eq!(PackedRecord::decode(&encode(&packed)), Ok(packed));
    }

    #[test]
    fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = PackedRecord::decode(&Bytes::from(bytes));
    }

    #[test]
    fn a_header_cut_short_is_malformed(packed in packed(), keep in 0..100_u8) {
        let header = PackedRecord { details: Bytes::new(), ..packed };
        let whole = encode(&header);
        let keep = usize::from(keep) * whole.len() / 100;
        prop_assert_eq!(PackedRecord::decode(&whole.slice(..keep)), Err(DecodeError::Malformed));
    }

    #[test]
    fn an_idle_time_survives_its_unit(millis in 0..END_OF_TIME) {
        let encoded = idle(Some(millis));
        let mut reader = Reader { bytes: &encoded, at: 0 };
        prop_assert_eq!(reader.varint().map(idle_from_code), Ok(Some(millis)));
    }
}

#[test]
fn a_later_version_is_not_malformed() {
    let future = Bytes::from_static(&[0xbf, 1, 2]);
    assert_eq!(PackedRecord::decode(&future), Err(DecodeError::Future));
    let garbage = Bytes::from_static(&[0x3f, 1, 2]);
    assert_eq!(PackedRecord::decode(&garbage), Err(DecodeError::Malformed));
}

#[test]
fn a_plain_session_fits_a_listpack() {
    let created_at = 1_800_000_000_000;
    let packed = PackedRecord {
        generation: 127,
        attempt: Some(Attempt::from_bytes([7; 8])),
        revision: Revision::ORIGINAL,
        conflicts: 1,
        shared_generations: 0,
        created_at,
        rotated_at: created_at + 3 * DAY,
        skipped: 0,
        earlier: Vec::new(),
        idle: Some(30 * DAY),
        expires_at: Some(created_at + 90 * DAY + 1),
        details: Bytes::from_static(br#"{"c":"web","p":"openid read write"}"#),
    };
    assert_eq!(encode(&packed).len(), 64, "with a conflict");
    let late = PackedRecord {
        generation: 16_383,
        conflicts: 0,
        rotated_at: created_at + 89 * DAY,
        ..packed
    };
    assert_eq!(
        encode(&late).len(),
        64,
        "in the last generation of two bytes"
    );
}

#[test]
fn idle_times_beyond_the_end_of_time_are_unlimited() {
    assert!(idle(None).is_empty());
    assert!(idle(Some(u64::MAX)).is_empty());
    assert_eq!(idle(Some(30 * DAY)).len(), 2);
}

#[test]
fn the_nearer_of_idle_time_and_expiry_is_the_deadline() {
    let packed = PackedRecord {
        generation: 0,
        attempt: None,
        revision: Revision::ORIGINAL,
        conflicts: 0,
        shared_generations: 0,
        created_at: 1_000,
        rotated_at: 2_000,
        skipped: 0,
        earlier: Vec::new(),
        idle: Some(500),
        expires_at: Some(2_400),
        details: Bytes::new(),
    };
    assert_eq!(packed.deadline(), Some(2_400));
    assert!(packed.is_live(2_399));
    assert!(!packed.is_live(2_400));
}

#[test]
fn each_rotation_has_the_generations_that_it_superseded() {
    let packed = PackedRecord {
        generation: 9,
        attempt: Some(Attempt::from_bytes([7; 8])),
        revision: Revision::ORIGINAL,
        conflicts: 0,
        shared_generations: 2,
        created_at: 1_000,
        rotated_at: 9_000,
        skipped: 0,
        earlier: vec![
            EarlierRotation {
                skipped: 4,
                at: 8_000,
            },
            EarlierRotation {
                skipped: 1,
                at: 13_000,
            },
        ],
        idle: None,
        expires_at: None,
        details: Bytes::new(),
    };
    let packed = PackedRecord::decode(&encode(&packed)).unwrap();
    let record = packed.into_record(10_000);
    let rotation = |from, age| PastRotation { from, age };
    assert_eq!(
        record.last_rotation,
        Some(rotation(8, Duration::from_secs(1)))
    );
    let earlier = [
        rotation(3, Duration::from_secs(2)),
        rotation(1, Duration::MAX),
    ];
    assert_eq!(record.earlier_rotations, earlier, "one lies in the future");
    assert_eq!(record.superseded_for(5), Some(Duration::from_secs(2)));
    assert_eq!(record.superseded_for(0), None);
}

#[test]
fn a_common_record_begins_with_what_its_caller_knows() {
    let revision = Revision::from_bytes([9; 16]);
    for (generation, revision, idle) in [
        (0, Revision::ORIGINAL, None),
        (127, Revision::ORIGINAL, Some(30 * DAY)),
        (128, revision, Some(1)),
        (u64::MAX, revision, None),
    ] {
        let packed = PackedRecord {
            generation,
            attempt: (generation > 0).then(|| Attempt::from_bytes([7; 8])),
            revision,
            conflicts: 0,
            shared_generations: 0,
            created_at: 1_800_000_000_000,
            rotated_at: 1_800_000_000_000,
            skipped: 0,
            earlier: vec![EarlierRotation {
                skipped: 0,
                at: 1_800_000_000_000,
            }],
            idle,
            expires_at: None,
            details: Bytes::from_static(b"details"),
        };
        let known = beginning(generation, &revision, idle);
        assert!(encode(&packed).starts_with(&known), "{packed:?}");
        for unusual in [
            PackedRecord {
                conflicts: 1,
                ..packed.clone()
            },
            PackedRecord {
                shared_generations: 1,
                ..packed.clone()
            },
            PackedRecord {
                skipped: 1,
                ..packed.clone()
            },
        ] {
            assert!(!encode(&unusual).starts_with(&known), "{unusual:?}");
        }
    }
}

fn packed() -> impl Strategy<Value = PackedRecord> {
    let times = (
        0..1_u64 << CREATION_BITS,
        age(),
        prop::option::of(0..END_OF_TIME),
        prop::option::of(age()),
    );
    let revision = prop_oneof![Just([0; 16]), any::<[u8; 16]>()].prop_map(Revision::from_bytes);
    let shared = prop_oneof![Just(0), any::<u8>()];
    let counts = (
        any::<u64>(),
        revision,
        any::<u32>(),
        any::<[u8; 8]>(),
        shared,
    );
    let earlier = (any::<u8>(), 0..1_u64 << 40);
    let rotations = (any::<u8>(), prop::collection::vec(earlier, 0..8));
    let details = prop::collection::vec(any::<u8>(), 0..80);
    (times, counts, rotations, details).prop_map(|(times, counts, rotations, details)| {
        let (created_at, age, idle, life) = times;
        let (generation, revision, conflicts, attempt, shared_generations) = counts;
        let (skipped, earlier) = rotations;
        let earlier = earlier.into_iter().map(|(skipped, age)| EarlierRotation {
            skipped,
            at: created_at + age,
        });
        PackedRecord {
            generation,
            attempt: (generation > 0).then(|| Attempt::from_bytes(attempt)),
            revision,
            conflicts,
            shared_generations,
            created_at,
            rotated_at: created_at + age,
            skipped,
            earlier: earlier.collect(),
            idle,
            expires_at: life.map(|life| created_at + life),
            details: details.into(),
        }
    })
}

/// Milliseconds from the creation, with the limits of what five bytes hold.
fn age() -> impl Strategy<Value = u64> {
    let longest = 1_u64 << AGE_BITS;
    prop_oneof![0..longest, longest - 2..longest + 2, 0..1_u64 << 47]
}

const DAY: u64 = 86_400_000;
