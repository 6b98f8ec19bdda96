use reissue::Timestamp;
use rusqlite::Row;

/// Returns a number that SQLite holds as a signed one. Large ones look negative there, and come
/// back as they were.
pub(crate) fn integer(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

/// Returns a time, or `None` for null.
pub(crate) fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(|millis| Timestamp::from_millis(millis.cast_unsigned())))
}

/// Returns what SQLite holds of a time.
pub(crate) fn millis(timestamp: Timestamp) -> i64 {
    timestamp.as_millis().cast_signed()
}
