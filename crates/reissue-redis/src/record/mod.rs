//! The bytes of one family in a hash field: a few numbers in as few bytes as possible, then the
//! details.
//!
//! The scripts write records, and the store reads them:
//!
//! | bytes | content |
//! | --- | --- |
//! | 1 | version in the two highest bits; in the others, which of the optional parts follow |
//! | 6 | creation, in milliseconds since the epoch, big-endian: enough until the year 10889 |
//! | 1–10 | generation, as a varint |
//! | 0, 8 | attempt of the last advance; absent at generation 0, which no advance has reached |
//! | 1–7 | time from creation to the last rotation, in milliseconds, as a varint |
//! | 0, 16 | revision; absent if it is the original one |
//! | 0–5 | conflicts, as a varint; absent if 0 |
//! | 0–8 | idle time, as a varint of `4 × count + unit`; absent if unlimited |
//! | 0–7 | time from creation to absolute expiry, in ms, as a varint; absent if unlimited |
//! | 0, 1 | shared generations; absent if 0 |
//! | 0, 2–44 | rotations; absent if only the last one is known and it skipped no generation |
//! | rest | details |
//!
//! A varint holds seven bits a byte, the lowest bits first; the highest bit is set if more bytes
//! follow. The unit of an idle time is the largest that divides it: 0 for a millisecond, 1 for a
//! second, 2 for a minute, 3 for an hour.
//!
//! The part about rotations begins with the number of rotations before the last one, and the number
//! of generations that the last one skipped. For each rotation before the last one, newest first,
//! follow the number of generations that it skipped, and its time from creation, in milliseconds,
//! big-endian, in 5 bytes.
//!
//! Generation, revision and idle time cross the scripts as bytes that are only compared. As numbers
//! they would be doubles, which do not hold every value.
//!
//! # Why no simpler encoding
//!
//! Redis keeps a small hash as one flat listpack while no value of it is longer than 64 bytes
//! (`hash-max-listpack-value`), and otherwise as a table of separately allocated entries. The
//! details of a plain session (one client, three scopes) are 35 bytes, which leaves 29 for
//! everything else. The header of such a session takes, in its third day and 127th generation, with
//! an idle time of 30 days and a lifetime of 90 days:
//!
//! | encoding | header | with details | listpack |
//! | --- | --- | --- | --- |
//! | JSON, attempt in hexadecimal | 119 | 154 | no |
//! | Lua's `cmsgpack`, an array | 46 | 83 | no |
//! | Lua's `struct`, fixed widths | 47 | 82 | no |
//! | this one | 27 | 62 | yes |
//!
//! Measured on Redis 7.0.15 with 100,000 such sessions, each refreshed once: 230 bytes of memory
//! per session with one session per subject, and 136 with three. The same records in tables take
//! 358 and 208. The benchmark `cost` of this crate measures it, and what reading records costs the
//! server: an advance takes some ten microseconds more than a `PING`, most of which any script
//! costs.
//!
//! # Frequent refreshes
//!
//! A session that refreshes less often than its grace period remembers only the last rotation, and
//! takes what is said above. One that refreshes faster takes 2 bytes, and 6 for each rotation that
//! is remembered. That puts a plain session over 64 bytes and its hash into a table. Redis never
//! turns a table back into a listpack, so the script does it for a subject with one session.

mod decode;
#[cfg(test)]
mod encode;
mod fields;
mod packed_record;
#[cfg(test)]
mod tests;

pub(crate) use self::decode::DecodeError;
pub(crate) use self::fields::{END_OF_TIME, idle, revision, varint};
pub(crate) use self::packed_record::PackedRecord;
