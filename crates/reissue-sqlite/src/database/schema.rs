use rusqlite::{Connection, TransactionBehavior};

use crate::error::{SqliteStoreError, SqliteStoreErrorKind};

/// Checks that the file holds a database of this crate and of a version that it can use. Returns
/// whether the file is empty. Writes nothing.
pub(crate) fn check_version(connection: &Connection) -> Result<bool, SqliteStoreError> {
    let number = |sql| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(SqliteStoreError::of)
    };
    let tables = number("select count(*) from sqlite_schema")?;
    let application = number("pragma application_id")?;
    let version = number("pragma user_version")?;
    if tables == 0 && application == 0 && version == 0 {
        return Ok(true);
    }
    if application != APPLICATION {
        return Err(SqliteStoreError::new(SqliteStoreErrorKind::OtherDatabase));
    }
    if version != VERSION {
        let detail = format!("version {version}; expected at most {VERSION}");
        return Err(SqliteStoreError::new(SqliteStoreErrorKind::NewerVersion).with_detail(detail));
    }
    Ok(false)
}

/// Creates the tables, unless another process does it at the same time.
pub(super) fn create(connection: &mut Connection) -> Result<(), SqliteStoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(SqliteStoreError::of)?;
    if check_version(&transaction)? {
        transaction
            .execute_batch(include_str!("schema.sql"))
            .and_then(|()| transaction.pragma_update(None, "application_id", APPLICATION))
            .and_then(|()| transaction.pragma_update(None, "user_version", VERSION))
            .map_err(SqliteStoreError::of)?;
    }
    transaction.commit().map_err(SqliteStoreError::of)
}

/// Marks a database as one of this crate, for `file` and for SQLite: "riss".
const APPLICATION: i64 = 0x7269_7373;
/// Goes up with each change of `schema.sql`.
const VERSION: i64 = 1;
