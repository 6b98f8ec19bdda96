//! A record as the columns of a row.

use bytes::Bytes;
use reissue::Timestamp;
use reissue::store::transfer::Rotation;
use reissue::store::{PastRotation, Record, Revision};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
use crate::time::from_millis;

/// Returns the record that begins at this column of a row, and the server's time, which is in the
/// column after it.
pub(crate) fn decode(row: &Row, first: usize) -> Result<(Record, Timestamp), PostgresStoreError> {
    let (stored, now) = stored(row, first)?;
    let rotations = stored.last.iter().chain(&stored.earlier);
    let mut rotations = past(rotations, stored.generation, now).into_iter();
    let record = Record {
        generation: stored.generation,
        revision: stored.revision,
        conflicts: stored.conflicts,
        shared_generations: stored.shared_generations,
        created_at: stored.created_at,
        rotated_at: stored.rotated_at,
        last_rotation: rotations.next(),
        earlier_rotations: rotations.collect(),
        deadline: stored.deadline,
        details: stored.details,
    };
    Ok((record, now))
}

/// A record as it is recorded.
pub(crate) struct Stored {
    pub(crate) generation: u64,
    pub(crate) revision: Revision,
    pub(crate) conflicts: u32,
    pub(crate) shared_generations: u8,
    pub(crate) created_at: Timestamp,
    pub(crate) rotated_at: Timestamp,
    /// `None` at generation 0.
    pub(crate) last: Option<Rotation>,
    pub(crate) earlier: Vec<Rotation>,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) details: Bytes,
}

/// Returns what is recorded, from this column of a row on, and the server's time.
pub(crate) fn stored(row: &Row, first: usize) -> Result<(Stored, Timestamp), PostgresStoreError> {
    let mut columns = Columns { row, next: first };
    let generation = unsigned(columns.take()?)?;
    let created_at = timestamp(columns.take()?)?;
    let rotated_at = timestamp(columns.take()?)?;
    let idle: Option<i64> = columns.take()?;
    let expires_at: Option<i64> = columns.take()?;
    let conflicts: i32 = columns.take()?;
    let shared_generations: i16 = columns.take()?;
    let skipped: i16 = columns.take()?;
    let revision: &[u8] = columns.take()?;
    let earlier: &[u8] = columns.take()?;
    let details: &[u8] = columns.take()?;
    let now = timestamp(columns.take()?)?;

    let idle_deadline = match idle {
        Some(idle) => Some(rotated_at + from_millis(unsigned(idle)?)),
        None => None,
    };
    let expires_at = expires_at.map(timestamp).transpose()?;
    let last = match generation {
        0 => None,
        _ => Some(Rotation {
            at: rotated_at,
            skipped: u8::try_from(skipped).map_err(|_| unreadable())?,
        }),
    };
    let stored = Stored {
        generation,
        revision: decode_revision(revision)?,
        conflicts: u32::try_from(conflicts).map_err(|_| unreadable())?,
        shared_generations: u8::try_from(shared_generations).map_err(|_| unreadable())?,
        created_at,
        rotated_at,
        earlier: match last {
            None => Vec::new(),
            Some(_) => earlier_rotations(earlier)?,
        },
        last,
        deadline: idle_deadline.into_iter().chain(expires_at).min(),
        expires_at,
        details: Bytes::copy_from_slice(details),
    };
    Ok((stored, now))
}

/// Returns the column with what the database calls a revision: nothing for the original.
pub(crate) fn encode_revision(revision: &Revision) -> &[u8] {
    if *revision == Revision::ORIGINAL {
        return &[];
    }
    revision.as_bytes()
}

/// Returns the one row of a statement that has one.
pub(crate) fn only(rows: &[Row]) -> Result<&Row, PostgresStoreError> {
    rows.first().ok_or(PostgresStoreError::new(
        PostgresStoreErrorKind::UnexpectedReply,
    ))
}

/// Returns the value of a column that the statement has.
pub(crate) fn column<'a, T>(row: &'a Row, index: usize) -> Result<T, PostgresStoreError>
where
    T: FromSql<'a>,
{
    row.try_get(index)
        .map_err(|_| PostgresStoreError::new(PostgresStoreErrorKind::UnexpectedReply))
}

struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    fn take<T>(&mut self) -> Result<T, PostgresStoreError>
    where
        T: FromSql<'a>,
    {
        self.next += 1;
        column(self.row, self.next - 1)
    }
}

/// Returns the bytes of rotations, newest first.
pub(crate) fn encode_rotations(rotations: &[Rotation]) -> Vec<u8> {
    let bytes = |rotation: &Rotation| {
        let [a, b, c, d, e, f, g, h] = rotation.at.as_millis().to_be_bytes();
        [a, b, c, d, e, f, g, h, rotation.skipped]
    };
    rotations.iter().flat_map(bytes).collect()
}

fn earlier_rotations(bytes: &[u8]) -> Result<Vec<Rotation>, PostgresStoreError> {
    let (entries, rest) = bytes.as_chunks::<9>();
    if !rest.is_empty() {
        return Err(unreadable());
    }
    let rotation = |[a, b, c, d, e, f, g, h, skipped]: &[u8; 9]| Rotation {
        at: Timestamp::from_millis(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])),
        skipped: *skipped,
    };
    Ok(entries.iter().map(rotation).collect())
}

/// Returns the rotations as they look at `now`, given the generation that the first of them led to.
fn past<'a>(
    rotations: impl Iterator<Item = &'a Rotation>,
    mut to: u64,
    now: Timestamp,
) -> Vec<PastRotation> {
    let rotation = |rotation: &Rotation| {
        to = to.saturating_sub(u64::from(rotation.skipped) + 1);
        PastRotation {
            from: to,
            age: PastRotation::age_at(now, rotation.at),
        }
    };
    rotations.map(rotation).collect()
}

fn decode_revision(bytes: &[u8]) -> Result<Revision, PostgresStoreError> {
    if bytes.is_empty() {
        return Ok(Revision::ORIGINAL);
    }
    let bytes = bytes.try_into().map_err(|_| unreadable())?;
    Ok(Revision::from_bytes(bytes))
}

fn timestamp(millis: i64) -> Result<Timestamp, PostgresStoreError> {
    unsigned(millis).map(Timestamp::from_millis)
}

fn unsigned(number: i64) -> Result<u64, PostgresStoreError> {
    u64::try_from(number).map_err(|_| unreadable())
}

fn unreadable() -> PostgresStoreError {
    PostgresStoreError::new(PostgresStoreErrorKind::UnreadableRecord)
}
