//! Finds out what an error of the driver means.

#[cfg(feature = "tls")]
use std::{error::Error, io, sync::Arc};

use redis::{ErrorKind, RedisError, ServerErrorKind};

use super::kind::RedisStoreErrorKind;

pub(super) fn classify(error: &RedisError) -> RedisStoreErrorKind {
    match error.kind() {
        ErrorKind::Server(kind) => server_error(kind, error.detail().unwrap_or_default()),
        ErrorKind::Extension => other_code(error.code().unwrap_or_default()),
        ErrorKind::AuthenticationFailed => RedisStoreErrorKind::NoAuth,
        ErrorKind::ClusterConnectionNotFound => RedisStoreErrorKind::ClusterDown,
        ErrorKind::MasterNameNotFoundBySentinel => RedisStoreErrorKind::NoMaster,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => RedisStoreErrorKind::UnexpectedReply,
        _ if error.is_connection_refusal() => RedisStoreErrorKind::RefusedConnection,
        _ if error.is_timeout() => RedisStoreErrorKind::Timeout,
        _ if is_tls_error(error) => RedisStoreErrorKind::Tls,
        _ if error.is_io_error() => RedisStoreErrorKind::ConnectionLost,
        _ => RedisStoreErrorKind::Other,
    }
}

fn server_error(kind: ServerErrorKind, detail: &str) -> RedisStoreErrorKind {
    match kind {
        ServerErrorKind::BusyLoading => RedisStoreErrorKind::Loading,
        ServerErrorKind::ClusterDown => RedisStoreErrorKind::ClusterDown,
        ServerErrorKind::CrossSlot => RedisStoreErrorKind::CrossSlot,
        ServerErrorKind::MasterDown => RedisStoreErrorKind::MasterDown,
        ServerErrorKind::Ask | ServerErrorKind::Moved => RedisStoreErrorKind::Redirected,
        ServerErrorKind::TryAgain => RedisStoreErrorKind::TryAgain,
        ServerErrorKind::NoPerm => RedisStoreErrorKind::NoPerm,
        ServerErrorKind::ReadOnly => RedisStoreErrorKind::ReadOnly,
        // The user may not call a command within a script. The wording changed with Redis 7.2.
        ServerErrorKind::ResponseError
            if detail.contains("The user executing the script can't")
                || detail.contains("ACL failure") =>
        {
            RedisStoreErrorKind::NoPerm
        }
        // The executor responds to `NOSCRIPT` with the code. One that arrives here belongs to an
        // earlier request.
        ServerErrorKind::NoScript => RedisStoreErrorKind::MismatchedReply,
        ServerErrorKind::ResponseError => RedisStoreErrorKind::Script,
        _ => RedisStoreErrorKind::Other,
    }
}

/// Classifies by a code that the driver has no name for.
fn other_code(code: &str) -> RedisStoreErrorKind {
    match code {
        "BUSY" => RedisStoreErrorKind::Busy,
        "MISCONF" => RedisStoreErrorKind::Misconf,
        "NOAUTH" | "WRONGPASS" => RedisStoreErrorKind::NoAuth,
        "NOREPLICAS" => RedisStoreErrorKind::NoReplicas,
        "OOM" => RedisStoreErrorKind::Oom,
        "WRONGTYPE" => RedisStoreErrorKind::UnreadableRecord,
        _ => RedisStoreErrorKind::Other,
    }
}

/// Returns whether the error is one of rustls. The driver wraps it in an `Arc` and an I/O error.
#[cfg(feature = "tls")]
fn is_tls_error(error: &RedisError) -> bool {
    let shared = error
        .source()
        .and_then(<dyn Error>::downcast_ref::<Arc<dyn Error + Send + Sync>>);
    shared
        .and_then(|shared| shared.downcast_ref::<io::Error>())
        .and_then(io::Error::get_ref)
        .is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>)
}

#[cfg(not(feature = "tls"))]
fn is_tls_error(_: &RedisError) -> bool {
    false
}
