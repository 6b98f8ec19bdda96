//! Encodes a record as the scripts do: for what is imported, and for tests.

use bytes::Bytes;

use super::fields::{
    AGE_BITS, CREATION_BITS, END_OF_TIME, HAS_CONFLICTS, HAS_RARE, HAS_SHARED, beginning, varint,
};
use super::packed_record::PackedRecord;

pub(crate) fn encode(packed: &PackedRecord) -> Bytes {
    let mut bytes = beginning(packed.generation, &packed.revision, packed.idle);
    let attempt = packed.attempt.as_ref();
    bytes.extend(attempt.map_or([0; 8], |attempt| *attempt.as_bytes()));
    let age = packed.rotated_at - packed.created_at;
    let life = packed.expires_at.map(|at| at - packed.created_at);
    let is_long = age >> AGE_BITS > 0 || life.is_some_and(|life| life >= (1 << AGE_BITS) - 1);
    let is_rare = packed.skipped > 0 || is_long;
    let life = life.unwrap_or(END_OF_TIME - 1);
    bytes.extend(&age.to_be_bytes()[3..]);
    let rotations = packed.earlier.len() as u64;
    bytes.extend(&(packed.created_at | rotations << CREATION_BITS).to_be_bytes()[2..]);
    bytes.extend(&life.to_be_bytes()[3..]);
    for earlier in &packed.earlier {
        bytes.push(earlier.skipped);
        bytes.extend(&(earlier.at - packed.created_at).to_be_bytes()[3..]);
    }
    if is_rare {
        bytes[0] |= HAS_RARE;
        let high = |age: u64| (age >> AGE_BITS & 0xff) as u8;
        bytes.extend([packed.skipped, high(age), high(life)]);
    }
    if packed.conflicts > 0 {
        bytes[0] |= HAS_CONFLICTS;
        bytes.extend(varint(u64::from(packed.conflicts)));
    }
    if packed.shared_generations > 0 {
        bytes[0] |= HAS_SHARED;
        bytes.push(packed.shared_generations);
    }
    bytes.extend(&packed.details);
    bytes.into()
}
