use bytes::Bytes;

use crate::Outcome;
use crate::record_codec::{DecodeError, PackedRecord, encode};

/// A session's record as Redis keeps it: `bytes` is the value of a hash field.
///
/// # Panics
///
/// If a record does not survive being written and read again, if another version is not told from
/// garbage, or if the record contradicts itself.
#[must_use]
pub fn record(bytes: &[u8]) -> Outcome {
    let version = bytes.first().map(|head| head >> 6);
    let record = match PackedRecord::decode(&Bytes::copy_from_slice(bytes)) {
        Ok(record) => record,
        Err(error) => {
            let is_future = version.is_some_and(|version| version > VERSION);
            assert_eq!(error == DecodeError::Future, is_future);
            return Outcome::Refused;
        }
    };
    assert_eq!(version, Some(VERSION));

    let written = encode(&record);
    assert!(written.len() <= bytes.len(), "there is a shorter spelling");
    let again = PackedRecord::decode(&written).expect("what was read can be written");
    // An idle time that never ends is not written.
    if record.idle.is_none_or(|idle| idle < END_OF_TIME) {
        assert_eq!(again, record);
    }
    assert_eq!(encode(&again), written, "one record has one spelling");

    for now in [0, END_OF_TIME, u64::MAX] {
        let is_live = record.is_live(now);
        let read = record.clone().into_record(now);
        let deadline = read.deadline.map(reissue::Timestamp::as_millis);
        assert_eq!(is_live, deadline.is_none_or(|deadline| now < deadline));
        assert!(read.created_at <= read.rotated_at);
        assert!(bytes.ends_with(&read.details));
    }
    Outcome::Accepted
}

const VERSION: u8 = 1;
const END_OF_TIME: u64 = 1 << 48;
