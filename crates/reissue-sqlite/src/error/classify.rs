use rusqlite::ErrorCode;

use super::kind::SqliteStoreErrorKind as Kind;

/// Returns the kind of an error of the driver.
pub(super) fn classify(error: &rusqlite::Error) -> Kind {
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        // A column that is missing or of another type.
        return Kind::UnreadableRecord;
    };
    match failure.code {
        ErrorCode::CannotOpen
        | ErrorCode::PermissionDenied
        | ErrorCode::AuthorizationForStatementDenied => Kind::CannotOpen,
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => Kind::Locked,
        ErrorCode::DatabaseCorrupt => Kind::Corrupt,
        ErrorCode::DiskFull => Kind::DiskFull,
        ErrorCode::NotADatabase => Kind::NotADatabase,
        ErrorCode::ReadOnly => Kind::ReadOnly,
        ErrorCode::SystemIoFailure => Kind::Io,
        _ => Kind::Failed,
    }
}
