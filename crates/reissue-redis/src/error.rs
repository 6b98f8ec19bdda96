//! What goes wrong between the store and Redis, for operators.

use std::error::Error;
use std::fmt;
#[cfg(feature = "tls")]
use std::{io, sync::Arc};

use redis::{ErrorKind, RedisError, ServerErrorKind};
use reissue::store::{StoreError, StoreErrorKind};

/// Why Redis did not do what the store asked of it: the source of every [`StoreError`] of this crate.
///
/// Clients see `503` and nothing of this. Neither message nor sources hold a password or anything of a session.
///
/// ```
/// use reissue::store::StoreError;
/// use reissue_redis::{RedisStoreError, RedisStoreErrorKind};
///
/// fn is_out_of_memory(error: &StoreError) -> bool {
///     std::error::Error::source(error)
///         .and_then(|source| source.downcast_ref::<RedisStoreError>())
///         .is_some_and(|error| error.kind() == RedisStoreErrorKind::Oom)
/// }
/// # assert!(!is_out_of_memory(&StoreError::new(reissue::store::StoreErrorKind::Unavailable)));
/// ```
#[derive(Clone, Debug)]
pub struct RedisStoreError {
    kind: RedisStoreErrorKind,
    source: Option<RedisError>,
}

/// What kind of trouble there is with Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RedisStoreErrorKind {
    /// A script, of another program probably, keeps the server busy (`BUSY`).
    Busy,
    /// The cluster does not serve the slot, or no node of it is reached (`CLUSTERDOWN`).
    ClusterDown,
    /// The connection broke. What was asked for may or may not have been done.
    ConnectionLost,
    /// The keys of a command are in different slots (`CROSSSLOT`). The store sends none with two keys: a proxy does this.
    CrossSlot,
    /// A record was written by a newer version of this crate.
    FutureRecord,
    /// The server reads its data from disk (`LOADING`).
    Loading,
    /// The replica has lost its master and must not answer (`MASTERDOWN`).
    MasterDown,
    /// The reply belongs to another request. The connection was closed.
    MismatchedReply,
    /// The server refuses writes since it could not persist them (`MISCONF`).
    Misconf,
    /// The server wants a user and password, or others than it got (`NOAUTH`, `WRONGPASS`).
    NoAuth,
    /// The sentinels know no master of that name, or it does not act as one.
    NoMaster,
    /// The user lacks rights that the store needs (`NOPERM`).
    NoPerm,
    /// The server refuses writes since too few replicas follow it (`NOREPLICAS`).
    NoReplicas,
    /// A revocation took effect, but did not reach as many replicas as it has to in time.
    NotDurable,
    /// The server has no memory left (`OOM`).
    Oom,
    /// Something that no other kind covers.
    Other,
    /// As many operations as are allowed are under way, and as many again are waiting.
    Overloaded,
    /// The server has become a replica (`READONLY`), and its successor was not found in time.
    ReadOnly,
    /// The server says that another one has the slot (`MOVED`, `ASK`). In cluster mode: the nodes send the store back and
    /// forth, or to one that is dead. Otherwise: the server belongs to a cluster, and the URL does not say so.
    Redirected,
    /// Nobody listens at the address.
    RefusedConnection,
    /// The server could not carry out a script.
    Script,
    /// No answer, or no connection, in time. What was asked for may or may not have been done.
    Timeout,
    /// The server's certificate is not trusted, is for another name, or is out of date; or the server wants one from us,
    /// which may also show as [`ConnectionLost`](Self::ConnectionLost): its reason can be lost when it hangs up.
    Tls,
    /// The slot is being moved, and not all that the command needs is there yet (`TRYAGAIN`).
    TryAgain,
    /// The reply is none that the store could have caused. The connection was closed.
    UnexpectedReply,
    /// A record is none that any version of this crate has written, or the key is not the store's.
    UnreadableRecord,
}

impl RedisStoreError {
    /// What kind of trouble it is.
    #[must_use]
    pub const fn kind(&self) -> RedisStoreErrorKind {
        self.kind
    }

    pub(crate) const fn new(kind: RedisStoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// An error while connecting. Servers, and what else may listen there, repeat what they did not understand; that may
    /// be the password. So only errors of the network are kept.
    pub(crate) fn while_connecting(error: RedisError) -> Self {
        let kind = kind_of(&error);
        Self {
            kind,
            source: error.is_io_error().then_some(error),
        }
    }
}

impl From<RedisError> for RedisStoreError {
    fn from(error: RedisError) -> Self {
        Self {
            kind: kind_of(&error),
            source: Some(error),
        }
    }
}

impl From<RedisStoreError> for StoreError {
    fn from(error: RedisStoreError) -> Self {
        StoreError::new(match error.kind {
            RedisStoreErrorKind::FutureRecord
            | RedisStoreErrorKind::MismatchedReply
            | RedisStoreErrorKind::UnexpectedReply
            | RedisStoreErrorKind::UnreadableRecord => StoreErrorKind::Corrupt,
            RedisStoreErrorKind::Timeout => StoreErrorKind::Timeout,
            _ => StoreErrorKind::Unavailable,
        })
        .with_source(error)
    }
}

impl fmt::Display for RedisStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            RedisStoreErrorKind::Busy => "a script keeps redis busy",
            RedisStoreErrorKind::ClusterDown => "the redis cluster does not serve the slot",
            RedisStoreErrorKind::ConnectionLost => "the connection to redis broke",
            RedisStoreErrorKind::CrossSlot => "redis saw keys of different slots",
            RedisStoreErrorKind::FutureRecord => "a record was written by a newer version",
            RedisStoreErrorKind::Loading => "redis is loading its data",
            RedisStoreErrorKind::MasterDown => "the redis replica has lost its master",
            RedisStoreErrorKind::MismatchedReply => "redis answered another request",
            RedisStoreErrorKind::Misconf => "redis cannot persist and refuses writes",
            RedisStoreErrorKind::NoAuth => "redis does not accept user and password",
            RedisStoreErrorKind::NoMaster => "the sentinels name no master that acts as one",
            RedisStoreErrorKind::NoPerm => "the redis user lacks rights",
            RedisStoreErrorKind::NoReplicas => "redis has too few replicas and refuses writes",
            RedisStoreErrorKind::NotDurable => "the revocation did not reach enough replicas",
            RedisStoreErrorKind::Oom => "redis is out of memory",
            RedisStoreErrorKind::Other => "redis failed",
            RedisStoreErrorKind::Overloaded => "too many operations are waiting for redis",
            RedisStoreErrorKind::ReadOnly => "the redis server has become a replica",
            RedisStoreErrorKind::Redirected => "redis says that another node has the slot",
            RedisStoreErrorKind::RefusedConnection => "redis refused the connection",
            RedisStoreErrorKind::Script => "redis could not carry out a script",
            RedisStoreErrorKind::Timeout => "redis did not answer in time",
            RedisStoreErrorKind::Tls => "redis and the store cannot agree on TLS",
            RedisStoreErrorKind::TryAgain => "the slot is being moved to another redis node",
            RedisStoreErrorKind::UnexpectedReply => "redis answered something unexpected",
            RedisStoreErrorKind::UnreadableRecord => "redis holds something that is no record",
        })
    }
}

impl Error for RedisStoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

fn kind_of(error: &RedisError) -> RedisStoreErrorKind {
    match error.kind() {
        ErrorKind::Server(kind) => kind_of_server_error(kind, error.detail().unwrap_or_default()),
        ErrorKind::Extension => kind_of_code(error.code().unwrap_or_default()),
        ErrorKind::AuthenticationFailed => RedisStoreErrorKind::NoAuth,
        ErrorKind::ClusterConnectionNotFound => RedisStoreErrorKind::ClusterDown,
        ErrorKind::MasterNameNotFoundBySentinel => RedisStoreErrorKind::NoMaster,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => RedisStoreErrorKind::UnexpectedReply,
        _ if error.is_connection_refusal() => RedisStoreErrorKind::RefusedConnection,
        _ if error.is_timeout() => RedisStoreErrorKind::Timeout,
        _ if is_of_tls(error) => RedisStoreErrorKind::Tls,
        _ if error.is_io_error() => RedisStoreErrorKind::ConnectionLost,
        _ => RedisStoreErrorKind::Other,
    }
}

/// The driver hands on what rustls says: shared, and inside an error of the network.
#[cfg(feature = "tls")]
fn is_of_tls(error: &RedisError) -> bool {
    let shared = error
        .source()
        .and_then(<dyn Error>::downcast_ref::<Arc<dyn Error + Send + Sync>>);
    shared
        .and_then(|shared| shared.downcast_ref::<io::Error>())
        .and_then(io::Error::get_ref)
        .is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>)
}

#[cfg(not(feature = "tls"))]
fn is_of_tls(_: &RedisError) -> bool {
    false
}

fn kind_of_server_error(kind: ServerErrorKind, detail: &str) -> RedisStoreErrorKind {
    match kind {
        ServerErrorKind::BusyLoading => RedisStoreErrorKind::Loading,
        ServerErrorKind::ClusterDown => RedisStoreErrorKind::ClusterDown,
        ServerErrorKind::CrossSlot => RedisStoreErrorKind::CrossSlot,
        ServerErrorKind::MasterDown => RedisStoreErrorKind::MasterDown,
        ServerErrorKind::Ask | ServerErrorKind::Moved => RedisStoreErrorKind::Redirected,
        ServerErrorKind::TryAgain => RedisStoreErrorKind::TryAgain,
        ServerErrorKind::NoPerm => RedisStoreErrorKind::NoPerm,
        ServerErrorKind::ReadOnly => RedisStoreErrorKind::ReadOnly,
        // A command within a script that the user may not call; the wording changed with 7.2.
        ServerErrorKind::ResponseError
            if detail.contains("The user executing the script can't")
                || detail.contains("ACL failure") =>
        {
            RedisStoreErrorKind::NoPerm
        }
        // The answer to a digest, and digests are followed by the code: this one came too late.
        ServerErrorKind::NoScript => RedisStoreErrorKind::MismatchedReply,
        ServerErrorKind::ResponseError => RedisStoreErrorKind::Script,
        _ => RedisStoreErrorKind::Other,
    }
}

/// Codes that the driver has no name for.
fn kind_of_code(code: &str) -> RedisStoreErrorKind {
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
