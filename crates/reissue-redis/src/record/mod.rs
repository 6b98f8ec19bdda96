//! The bytes of one family in a hash field: a few numbers in as few bytes as possible, then the
//! details.
//!
//! The scripts write records, and the store reads them; it writes only what is imported:
//!
//! * 1 byte: version in the two highest bits; in the others, the flags.
//! * 1–10 bytes: generation, as a varint.
//! * 0 or 16 bytes: revision; absent if it is the original one (flag 1).
//! * 0–8 bytes: idle time, as a varint of `4 × count + unit`; absent if unlimited (flag 2).
//! * 8 bytes: attempt of the last advance; zeros at generation 0, which no advance has reached.
//! * 5 bytes: time from creation to the last rotation.
//! * 6 bytes: in the 3 highest bits, the number of rotations that are known before the last one;
//!   in the others, the creation, in milliseconds since the epoch: enough until the year 3084.
//! * 5 bytes: time from creation to absolute expiry; all bits are set if it is unlimited.
//! * 0–42 bytes: the rotations before the last one, newest first: for each, the number of
//!   generations that it skipped, in 1 byte, and its time from creation, in 5.
//! * 0 or 3 bytes: of a rare record only (flag 16): the number of generations that the last
//!   rotation skipped; and one higher byte of each time from creation, to the last rotation and
//!   to expiry.
//! * 0–5 bytes: conflicts, as a varint; absent if 0 (flag 4).
//! * 0 or 1 byte: shared generations; absent if 0 (flag 8).
//! * the rest: details.
//!
//! Times are in milliseconds, and like all numbers of fixed width big-endian. A varint holds seven
//! bits a byte, the lowest bits first; the highest bit is set if more bytes follow. The unit of an
//! idle time is the largest that divides it: 0 for a millisecond, 1 for a second, 2 for a minute, 3
//! for an hour. Five bytes of milliseconds are 34 years.
//!
//! Flag 32 is for the scripts only: the next advance takes the full one.
//!
//! Generation, revision and idle time cross the scripts as bytes that are only compared. As numbers
//! they would be doubles, which do not hold every value.
//!
//! # The order of the fields
//!
//! A record begins with what the caller of an advance knows. So the short script of a refresh
//! (`scripts/advance_short.lua`) compares that, flags included, in one step, and takes what the
//! record is to begin with next as it comes. The times follow, at places and in widths that are
//! then known: one `struct.unpack` reads them. Everything behind the last rotation is copied
//! untouched; in a burst, rotation and skipped generations become the first of the earlier
//! rotations, which are of one width.
//!
//! # Why no simpler encoding
//!
//! Redis keeps a small hash as one flat listpack while no value of it is longer than 64 bytes
//! (`hash-max-listpack-value`), and otherwise as a table of separately allocated entries. The
//! details of a plain session (one client, three scopes) are 35 bytes, which leaves 29 for
//! everything else. The beginning of such a session takes, in its third day and 127th generation,
//! with an idle time of 30 days and a lifetime of 90 days:
//!
//! * encoding bytes: beginning.
//! * JSON, attempt in hexadecimal bytes: 119.
//! * Lua's `cmsgpack`, an array bytes: 46.
//! * Lua's `struct`, fixed widths bytes: 47.
//! * this one bytes: 28.
//!
//! From the 128th generation to the 16,383rd it takes 64 bytes, a conflict one more. The benchmark
//! `cost` of this crate measures memory, and what a refresh costs the server.
//!
//! # Frequent refreshes
//!
//! A session that refreshes less often than its grace period remembers only the last rotation, and
//! takes what is said above. One that refreshes faster takes 6 bytes for each rotation that is
//! remembered. That puts a plain session over 64 bytes and its hash into a table. Redis never turns
//! a table back into a listpack, so the full script does it for a subject with one session.

mod decode;
mod encode;
mod entry;
mod fields;
mod packed_record;
#[cfg(test)]
mod tests;

pub(crate) use self::decode::DecodeError;
pub(crate) use self::encode::encode;
pub(crate) use self::fields::{END_OF_TIME, beginning, idle, revision};
pub(crate) use self::packed_record::PackedRecord;
