//! Encodes a record as the scripts do: for tests and fuzzing, since the store itself writes none.

use bytes::Bytes;

use super::fields::{
    HAS_CONFLICTS, HAS_EXPIRY, HAS_IDLE, HAS_REVISION, HAS_ROTATIONS, HAS_SHARED, VERSION, idle,
    revision, varint,
};
use super::packed_record::PackedRecord;

pub(crate) fn encode(packed: &PackedRecord) -> Bytes {
    let mut head = VERSION << 6;
    let mut rest = varint(packed.generation);
    rest.extend(
        packed
            .attempt
            .iter()
            .flat_map(|attempt| *attempt.as_bytes()),
    );
    rest.extend(varint(packed.rotated_at - packed.created_at));
    let revision = revision(&packed.revision);
    if !revision.is_empty() {
        head |= HAS_REVISION;
        rest.extend(revision);
    }
    if packed.conflicts > 0 {
        head |= HAS_CONFLICTS;
        rest.extend(varint(u64::from(packed.conflicts)));
    }
    let idle = idle(packed.idle);
    if !idle.is_empty() {
        head |= HAS_IDLE;
        rest.extend(idle);
    }
    if let Some(expires_at) = packed.expires_at {
        head |= HAS_EXPIRY;
        rest.extend(varint(expires_at - packed.created_at));
    }
    if packed.shared_generations > 0 {
        head |= HAS_SHARED;
        rest.push(packed.shared_generations);
    }
    if packed.skipped > 0 || !packed.earlier.is_empty() {
        head |= HAS_ROTATIONS;
        rest.extend([packed.earlier.len() as u8, packed.skipped]);
        for earlier in &packed.earlier {
            rest.push(earlier.skipped);
            rest.extend(&(earlier.at - packed.created_at).to_be_bytes()[3..]);
        }
    }
    rest.extend(&packed.details);
    let mut bytes = vec![head];
    bytes.extend(&packed.created_at.to_be_bytes()[2..]);
    bytes.extend(rest);
    bytes.into()
}
