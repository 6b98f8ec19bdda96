//! One family as it lies in a hash field: a few numbers in as few bytes as they need, then the details.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | version in the two highest bits; in the others, which of the optional parts follow |
//! | 6 | creation, in milliseconds since the epoch, big-endian: good until the year 10889 |
//! | 1–10 | generation, as a varint |
//! | 0, 8 | the attempt of the last advance; not at generation 0, which none has reached |
//! | 1–7 | from creation to last rotation, in milliseconds, as a varint |
//! | 0, 16 | revision; not if it is the original one |
//! | 0–5 | conflicts, as a varint; not if 0 |
//! | 0–8 | idle time: a count times four, as a varint, plus its unit, the largest that divides it: 0 is a millisecond, 1 a second, 2 a minute, 3 an hour; not if it never ends |
//! | 0–7 | from creation to absolute expiry, in milliseconds, as a varint; not if it never comes |
//! | 0, 1 | shared generations; not if 0 |
//! | 0, 2–44 | rotations: how many there are before the last one; how many generations the last one led ahead, less one; then, newest first, for each of those before it the same, and its time from creation in milliseconds, big-endian, in 5 bytes. Not if there are none before the last one and that led one generation ahead |
//! | rest | details |
//!
//! A varint holds seven bits a byte, the lowest first, the highest bit saying that more follow.
//!
//! # Why not something simpler
//!
//! Redis keeps a small hash as one flat listpack as long as no value of it is longer than 64 bytes
//! (`hash-max-listpack-value`), and as a table of separately allocated entries otherwise. A plain session (one client,
//! three scopes) has 35 bytes of details, which leaves 29 for everything else. What that takes for a session in its third
//! day and 127th generation, with 30 days of idle time and 90 days of life:
//!
//! | encoding | header | with details | listpack |
//! | --- | --- | --- | --- |
//! | JSON, attempt as hex | 119 | 154 | no |
//! | Lua's `cmsgpack`, an array | 46 | 83 | no |
//! | Lua's `struct`, fixed widths | 47 | 82 | no |
//! | this | 27 | 62 | yes |
//!
//! Measured on Redis 7.0.15 with 100,000 such sessions, each refreshed once: 230 bytes of used memory a session with one
//! session per subject and 136 with three; the same records in tables take 358 and 208. `cargo bench -p reissue-redis`
//! measures it again, and what taking records apart costs: an advance takes the server some ten microseconds more
//! than a `PING`, of which most is the price of any script.
//!
//! # What a burst takes
//!
//! A session that refreshes less often than its grace is long remembers no rotation but the last one, and takes what the
//! table above says. One that refreshes faster takes 2 bytes and 6 for each rotation that is remembered, which puts a plain
//! session over 64 bytes and its hash into a table. Redis never turns a table back into a listpack; the script does it
//! for a subject with one session, once the burst is over.
//!
//! Generation, revision and idle time cross the scripts as bytes that are compared, never as Lua's doubles.

use bytes::Bytes;
use reissue::Timestamp;
use reissue::store::{Attempt, PastRotation, Record, Revision};

/// What the bytes of a record say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) generation: u64,
    pub(crate) attempt: Option<Attempt>,
    pub(crate) revision: Revision,
    pub(crate) conflicts: u32,
    pub(crate) shared_generations: u8,
    pub(crate) created_at: u64,
    pub(crate) rotated_at: u64,
    /// How many generations the last rotation led ahead, less one.
    pub(crate) skipped: u8,
    /// The rotations before the last, newest first.
    pub(crate) earlier: Vec<Earlier>,
    pub(crate) idle: Option<u64>,
    pub(crate) expires_at: Option<u64>,
    pub(crate) details: Bytes,
}

/// A rotation before the last: how many generations it led ahead, less one, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Earlier {
    pub(crate) skipped: u8,
    pub(crate) at: u64,
}

/// The bytes are no record that this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Written by a version that came after this one.
    Future { version: u8 },
    /// Written by none.
    Malformed,
}

impl Packed {
    pub(crate) fn decode(bytes: &Bytes) -> Result<Self, Unreadable> {
        let mut reader = Reader { bytes, at: 0 };
        let head = reader.byte()?;
        match head >> 6 {
            VERSION => {}
            version if version > VERSION => return Err(Unreadable::Future { version }),
            _ => return Err(Unreadable::Malformed),
        }
        let [a, b, c, d, e, f] = reader.take()?;
        let created_at = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let generation = reader.varint()?;
        let attempt = match generation {
            0 => None,
            _ => Some(Attempt::from_bytes(reader.take()?)),
        };
        let rotated_at = after(created_at, reader.varint()?)?;
        let revision = match head & HAS_REVISION {
            0 => Revision::ORIGINAL,
            _ => Revision::from_bytes(reader.take()?),
        };
        let conflicts = reader.varint_if(head & HAS_CONFLICTS != 0)?.unwrap_or(0);
        let idle = match reader.varint_if(head & HAS_IDLE != 0)? {
            None => None,
            Some(code) => Some(idle_from_code(code).ok_or(Unreadable::Malformed)?),
        };
        let expires_at = match reader.varint_if(head & HAS_EXPIRY != 0)? {
            None => None,
            Some(life) => Some(after(created_at, life)?),
        };
        let shared_generations = match head & HAS_SHARED {
            0 => 0,
            _ => reader.byte()?,
        };
        let (skipped, earlier) = match head & HAS_ROTATIONS {
            0 => (0, Vec::new()),
            _ => reader.rotations(created_at)?,
        };
        Ok(Self {
            generation,
            attempt,
            revision,
            conflicts: u32::try_from(conflicts).map_err(|_| Unreadable::Malformed)?,
            shared_generations,
            created_at,
            rotated_at,
            skipped,
            earlier,
            idle,
            expires_at,
            details: bytes.slice(reader.at..),
        })
    }

    /// When the family goes missing; `None` if never.
    pub(crate) fn deadline(&self) -> Option<u64> {
        let idle = self.idle.map(|idle| self.rotated_at.saturating_add(idle));
        idle.into_iter().chain(self.expires_at).min()
    }

    pub(crate) fn is_live(&self, now: u64) -> bool {
        self.deadline().is_none_or(|deadline| now < deadline)
    }

    /// The record as it is read at `now`, by the server's clock.
    pub(crate) fn into_record(self, now: u64) -> Record {
        let now = Timestamp::from_millis(now);
        let mut to = self.generation;
        let mut rotation = |skipped: u8, at| {
            to = to.saturating_sub(u64::from(skipped) + 1);
            PastRotation {
                from: to,
                age: PastRotation::age_at(now, Timestamp::from_millis(at)),
            }
        };
        let last_rotation = (self.generation > 0).then(|| rotation(self.skipped, self.rotated_at));
        let earlier = self.earlier.iter();
        Record {
            generation: self.generation,
            revision: self.revision,
            conflicts: self.conflicts,
            shared_generations: self.shared_generations,
            created_at: Timestamp::from_millis(self.created_at),
            rotated_at: Timestamp::from_millis(self.rotated_at),
            last_rotation,
            earlier_rotations: earlier.map(|it| rotation(it.skipped, it.at)).collect(),
            deadline: self.deadline().map(Timestamp::from_millis),
            details: self.details,
        }
    }
}

/// A number as a script compares it.
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

/// A revision as a script compares it: nothing for the original one, as in a record.
pub(crate) fn revision(revision: &Revision) -> &[u8] {
    if *revision == Revision::ORIGINAL {
        return &[];
    }
    revision.as_bytes()
}

/// How many generations an advance leads ahead, less one, as a record holds it.
pub(crate) fn skipped(from: u64, to: u64) -> u8 {
    let skipped = to.saturating_sub(from).saturating_sub(1);
    u8::try_from(skipped).unwrap_or(u8::MAX)
}

/// An idle time as a record holds it; nothing if it never ends.
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

fn idle_from_code(code: u64) -> Option<u64> {
    let unit = usize::try_from(code % 4).ok()?;
    (code / 4).checked_mul(*IDLE_UNITS.get(unit)?)
}

fn after(start: u64, millis: u64) -> Result<u64, Unreadable> {
    start.checked_add(millis).ok_or(Unreadable::Malformed)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Unreadable> {
        let byte = *self.bytes.get(self.at).ok_or(Unreadable::Malformed)?;
        self.at += 1;
        Ok(byte)
    }

    fn take<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Unreadable> {
        let taken = self.bytes[self.at..]
            .first_chunk()
            .ok_or(Unreadable::Malformed)?;
        self.at += LENGTH;
        Ok(*taken)
    }

    fn varint(&mut self) -> Result<u64, Unreadable> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if low << shift >> shift != low {
                return Err(Unreadable::Malformed);
            }
            number |= low << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Unreadable::Malformed)
    }

    fn rotations(&mut self, created_at: u64) -> Result<(u8, Vec<Earlier>), Unreadable> {
        let [count, last] = self.take()?;
        if usize::from(count) > PastRotation::MAX_EARLIER {
            return Err(Unreadable::Malformed);
        }
        let earlier = (0..count).map(|_| {
            let [skipped, a, b, c, d, e] = self.take()?;
            let at = after(created_at, u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))?;
            Ok(Earlier { skipped, at })
        });
        Ok((last, earlier.collect::<Result<_, _>>()?))
    }

    fn varint_if(&mut self, is_there: bool) -> Result<Option<u64>, Unreadable> {
        is_there.then(|| self.varint()).transpose()
    }
}

/// Times and idle times from here on are never: what a double holds exactly with room to spare.
pub(crate) const END_OF_TIME: u64 = 1 << 48;

const VERSION: u8 = 1;
const HAS_REVISION: u8 = 1;
const HAS_CONFLICTS: u8 = 2;
const HAS_IDLE: u8 = 4;
const HAS_EXPIRY: u8 = 8;
const HAS_SHARED: u8 = 16;
const HAS_ROTATIONS: u8 = 32;

/// A millisecond, a second, a minute, an hour, in milliseconds.
const IDLE_UNITS: [u64; 4] = [1, 1_000, 60_000, 3_600_000];

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod encode;
#[cfg(test)]
mod tests;
