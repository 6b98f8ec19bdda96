use std::time::Duration;

use proptest::prelude::*;

use super::encode::encode;
use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn decoding_undoes_encoding(packed in packed()) {
        prop_assert_eq!(Packed::decode(&encode(&packed)), Ok(packed));
    }

    #[test]
    fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Packed::decode(&Bytes::from(bytes));
    }

    #[test]
    fn a_header_cut_short_is_malformed(packed in packed(), keep in 0..100_u8) {
        let header = Packed { details: Bytes::new(), ..packed };
        let whole = encode(&header);
        let keep = usize::from(keep) * whole.len() / 100;
        prop_assert_eq!(Packed::decode(&whole.slice(..keep)), Err(Unreadable::Malformed));
    }

    #[test]
    fn an_idle_time_survives_its_unit(millis in 0..END_OF_TIME) {
        let encoded = idle(Some(millis));
        let mut reader = Reader { bytes: &encoded, at: 0 };
        prop_assert_eq!(reader.varint().map(idle_from_code), Ok(Some(millis)));
    }
}

#[test]
fn another_version_is_told_from_garbage() {
    let future = Bytes::from_static(&[0x2f, 1, 2]);
    assert_eq!(
        Packed::decode(&future),
        Err(Unreadable::Future { version: 2 })
    );
    let garbage = Bytes::from_static(&[0x0f, 1, 2]);
    assert_eq!(Packed::decode(&garbage), Err(Unreadable::Malformed));
}

#[test]
fn a_plain_session_fits_a_listpack() {
    let created_at = 1_800_000_000_000;
    let packed = Packed {
        generation: 127,
        attempt: Some(Attempt::from_bytes([7; 8])),
        revision: 0,
        conflicts: 1,
        created_at,
        rotated_at: created_at + 3 * DAY,
        idle: Some(30 * DAY),
        expires_at: Some(created_at + 90 * DAY + 1),
        details: Bytes::from_static(br#"{"c":"web","p":"openid read write"}"#),
    };
    assert_eq!(encode(&packed).len(), 63, "with a conflict");
}

#[test]
fn what_is_beyond_the_end_of_time_never_comes() {
    assert!(idle(None).is_empty());
    assert!(idle(Some(u64::MAX)).is_empty());
    assert_eq!(idle(Some(30 * DAY)).len(), 2);
}

#[test]
fn the_nearer_of_idle_time_and_expiry_is_the_deadline() {
    let packed = Packed {
        generation: 0,
        attempt: None,
        revision: 0,
        conflicts: 0,
        created_at: 1_000,
        rotated_at: 2_000,
        idle: Some(500),
        expires_at: Some(2_400),
        details: Bytes::new(),
    };
    assert_eq!(packed.deadline(), Some(2_400));
    assert!(packed.is_live(2_399));
    assert!(!packed.is_live(2_400));
    let record = packed.into_record(2_100);
    assert_eq!(record.since_rotation, Duration::from_millis(100));
}

fn packed() -> impl Strategy<Value = Packed> {
    let times = (
        0..1_u64 << 47,
        0..1_u64 << 40,
        prop::option::of(0..END_OF_TIME),
        prop::option::of(0..1_u64 << 47),
    );
    let counts = (any::<u64>(), any::<u64>(), any::<u32>(), any::<[u8; 8]>());
    let details = prop::collection::vec(any::<u8>(), 0..80);
    (times, counts, details).prop_map(|(times, counts, details)| {
        let (created_at, age, idle, life) = times;
        let (generation, revision, conflicts, attempt) = counts;
        Packed {
            generation,
            attempt: (generation > 0).then(|| Attempt::from_bytes(attempt)),
            revision,
            conflicts,
            created_at,
            rotated_at: created_at + age,
            idle,
            expires_at: life.map(|life| created_at + life),
            details: details.into(),
        }
    })
}

const DAY: u64 = 86_400_000;
