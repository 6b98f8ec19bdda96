//! Finds out what an error of the driver means.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::DbError;

use super::cause::Cause;
use super::kind::PostgresStoreErrorKind;

pub(super) fn classify(error: &Error) -> PostgresStoreErrorKind {
    if let Some(error) = error.as_db_error() {
        return server_error(error);
    }
    match Cause::of(error) {
        #[cfg(feature = "tls")]
        Some(Cause::Tls(_)) => return PostgresStoreErrorKind::Tls,
        Some(Cause::Io(kind, _)) => return io_error(kind),
        _ if error.is_closed() => return PostgresStoreErrorKind::ConnectionLost,
        _ => {}
    }
    // The driver has no names for these kinds, only texts.
    match error.to_string().as_str() {
        "error performing TLS handshake" => PostgresStoreErrorKind::Tls,
        "authentication error" => PostgresStoreErrorKind::Password,
        "invalid configuration" if is_about_password(error) => PostgresStoreErrorKind::Password,
        "unexpected message from server" | "error parsing response from server" => {
            PostgresStoreErrorKind::UnexpectedReply
        }
        _ => PostgresStoreErrorKind::Other,
    }
}

fn is_about_password(error: &Error) -> bool {
    error
        .source()
        .is_some_and(|source| source.to_string().contains("password"))
}

fn io_error(kind: io::ErrorKind) -> PostgresStoreErrorKind {
    match kind {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => {
            PostgresStoreErrorKind::RefusedConnection
        }
        io::ErrorKind::TimedOut => PostgresStoreErrorKind::Timeout,
        _ => PostgresStoreErrorKind::ConnectionLost,
    }
}

fn server_error(error: &DbError) -> PostgresStoreErrorKind {
    match error.code().code() {
        // Starting and stopping have one code; the text may be in another language.
        "57P03" if error.message().contains("shutting down") => {
            PostgresStoreErrorKind::ShuttingDown
        }
        "57P03" => PostgresStoreErrorKind::StartingUp,
        "57P01" | "57P02" | "57P05" => PostgresStoreErrorKind::ShuttingDown,
        "57014" => PostgresStoreErrorKind::Cancelled,
        "25006" => PostgresStoreErrorKind::ReadOnly,
        "53100" => PostgresStoreErrorKind::DiskFull,
        "53300" => PostgresStoreErrorKind::TooManyConnections,
        "28000" | "28P01" => PostgresStoreErrorKind::Password,
        "3D000" => PostgresStoreErrorKind::NoDatabase,
        "42501" => PostgresStoreErrorKind::MissingRights,
        "42P01" | "42883" | "42703" | "3F000" => PostgresStoreErrorKind::Schema,
        "40001" | "40P01" | "55P03" => PostgresStoreErrorKind::Locked,
        "RS001" => PostgresStoreErrorKind::NotDurable,
        code if code.starts_with("53") => PostgresStoreErrorKind::OutOfResources,
        code if code.starts_with("08") => PostgresStoreErrorKind::ConnectionLost,
        _ => PostgresStoreErrorKind::Other,
    }
}
