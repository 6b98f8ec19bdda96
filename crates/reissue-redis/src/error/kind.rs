/// The kinds of [`RedisStoreError`](crate::RedisStoreError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RedisStoreErrorKind {
    /// A script, probably of another program, keeps the server busy (`BUSY`).
    Busy,
    /// The cluster does not serve the slot, or none of its nodes can be reached (`CLUSTERDOWN`).
    ClusterDown,
    /// The connection broke. The operation may or may not have taken effect.
    ConnectionLost,
    /// The keys of a command are in different slots (`CROSSSLOT`). The store sends no command with
    /// two keys, so a proxy must have caused it.
    CrossSlot,
    /// A newer version of this crate wrote the record.
    FutureRecord,
    /// The server is loading its data from disk (`LOADING`).
    Loading,
    /// The replica has lost its master and must not respond (`MASTERDOWN`).
    MasterDown,
    /// The reply belongs to another request. The connection was closed.
    MismatchedReply,
    /// The server denies writes because it could not persist earlier ones (`MISCONF`).
    Misconf,
    /// The server needs a username and password, or other ones (`NOAUTH`, `WRONGPASS`).
    NoAuth,
    /// The sentinels know no master of that name, or the server that they name is none.
    NoMaster,
    /// The user lacks rights that the store needs (`NOPERM`).
    NoPerm,
    /// The server denies writes because too few replicas follow it (`NOREPLICAS`).
    NoReplicas,
    /// A revocation took effect, but did not reach the configured number of replicas in time.
    NotDurable,
    /// The server is out of memory (`OOM`).
    Oom,
    /// An error that no other kind covers.
    Other,
    /// Too many operations are running and waiting. See
    /// [`with_concurrency`](crate::RedisStoreBuilder::with_concurrency).
    Overloaded,
    /// The server has become a replica (`READONLY`), and the new master was not found in time.
    ReadOnly,
    /// Another server has the slot (`MOVED`, `ASK`). In a cluster: the nodes redirect the store in
    /// circles, or to a node that is down. Otherwise: the server belongs to a cluster, and the
    /// scheme of the URL is another one.
    Redirected,
    /// No server listens at the address.
    RefusedConnection,
    /// The server failed to run a script.
    Script,
    /// There was no response, or no connection, in time. The operation may or may not have taken
    /// effect.
    Timeout,
    /// The server's certificate is not trusted, is for another name, or has expired; or the server
    /// needs a client certificate. A missing client certificate may also be reported as
    /// [`ConnectionLost`](Self::ConnectionLost), since the reason can be lost when the server
    /// closes the connection.
    Tls,
    /// The slot is being moved, and not all keys of the command have arrived yet (`TRYAGAIN`).
    TryAgain,
    /// The reply is none that a command of the store can have. The connection was closed.
    UnexpectedReply,
    /// No version of this crate wrote the record, or another program wrote the key.
    UnreadableRecord,
}

impl RedisStoreErrorKind {
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Busy => "a script keeps redis busy",
            Self::ClusterDown => "the redis cluster does not serve the slot",
            Self::ConnectionLost => "the connection to redis broke",
            Self::CrossSlot => "redis received keys of different slots",
            Self::FutureRecord => "a record was written by a newer version",
            Self::Loading => "redis is loading its data",
            Self::MasterDown => "the redis replica has lost its master",
            Self::MismatchedReply => "redis replied to another request",
            Self::Misconf => "redis cannot persist and denies writes",
            Self::NoAuth => "redis does not accept the username and password",
            Self::NoMaster => "the sentinels name no server that is the master",
            Self::NoPerm => "the redis user lacks rights",
            Self::NoReplicas => "redis has too few replicas and denies writes",
            Self::NotDurable => "the revocation did not reach enough replicas",
            Self::Oom => "redis is out of memory",
            Self::Other => "redis failed",
            Self::Overloaded => "too many operations are waiting for redis",
            Self::ReadOnly => "the redis server has become a replica",
            Self::Redirected => "another redis node has the slot",
            Self::RefusedConnection => "redis refused the connection",
            Self::Script => "redis could not run a script",
            Self::Timeout => "redis did not respond in time",
            Self::Tls => "the tls connection to redis failed",
            Self::TryAgain => "the slot is being moved to another redis node",
            Self::UnexpectedReply => "redis sent an unexpected reply",
            Self::UnreadableRecord => "redis holds a value that is no record",
        }
    }
}
