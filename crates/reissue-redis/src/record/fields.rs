//! The fields of a record, in the bytes that the scripts compare.

use reissue::store::Revision;

/// Encodes what a record begins with: version and flags, generation, revision, and idle time in
/// milliseconds. With no flags but these two, it is what a common record begins with.
pub(crate) fn beginning(generation: u64, of: &Revision, idle_time: Option<u64>) -> Vec<u8> {
    let revision = revision(of);
    let idle = idle(idle_time);
    let mut head = VERSION << 6;
    if !revision.is_empty() {
        head |= HAS_REVISION;
    }
    if !idle.is_empty() {
        head |= HAS_IDLE;
    }
    let mut bytes = Vec::with_capacity(32);
    bytes.push(head);
    bytes.extend(varint(generation));
    bytes.extend(revision);
    bytes.extend(idle);
    bytes
}

/// Encodes a number.
pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2);
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Encodes a revision. The original one is empty.
pub(crate) fn revision(revision: &Revision) -> &[u8] {
    if *revision == Revision::ORIGINAL {
        return &[];
    }
    revision.as_bytes()
}

/// Encodes an idle time in milliseconds. An unlimited one is empty.
pub(crate) fn idle(millis: Option<u64>) -> Vec<u8> {
    let Some(millis) = millis.filter(|millis| *millis < END_OF_TIME) else {
        return Vec::new();
    };
    let units = IDLE_UNITS.into_iter().rev();
    let (unit, length) = (0..4_u64)
        .rev()
        .zip(units)
        .find(|(_, length)| millis % length == 0)
        .unwrap_or((0, 1));
    varint(millis / length * 4 + unit)
}

/// Decodes the number of an idle time; `None` if the milliseconds overflow.
pub(super) fn idle_from_code(code: u64) -> Option<u64> {
    let unit = usize::try_from(code % 4).ok()?;
    (code / 4).checked_mul(*IDLE_UNITS.get(unit)?)
}

/// Times and idle times from here on, in milliseconds, are never reached. The scripts' doubles hold
/// everything below exactly.
pub(crate) const END_OF_TIME: u64 = 1 << 48;

pub(super) const VERSION: u8 = 1;
pub(super) const HAS_REVISION: u8 = 1;
pub(super) const HAS_IDLE: u8 = 2;
pub(super) const HAS_CONFLICTS: u8 = 4;
pub(super) const HAS_SHARED: u8 = 8;
pub(super) const HAS_RARE: u8 = 16;

/// Where the number of rotations before the last one begins, above the bits of the creation.
pub(super) const CREATION_BITS: u32 = 45;

/// Times that count from the creation have as many bits, unless the record is a rare one.
pub(super) const AGE_BITS: u32 = 40;

/// A millisecond, a second, a minute, an hour, in milliseconds.
const IDLE_UNITS: [u64; 4] = [1, 1_000, 60_000, 3_600_000];
