/// The kinds of [`PostgresStoreError`](crate::PostgresStoreError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PostgresStoreErrorKind {
    /// An administrator or a time-out of the server cancelled the statement (`57014`).
    Cancelled,
    /// The connection broke. The operation may or may not have taken effect.
    ConnectionLost,
    /// The server's disk is full (`53100`).
    DiskFull,
    /// Other transactions held the session, or one of them had to give way, as often as the store
    /// tried (`40001`, `40P01`, `55P03`).
    Locked,
    /// The role lacks rights that the store needs (`42501`).
    MissingRights,
    /// The server has no database of that name (`3D000`).
    NoDatabase,
    /// A revocation took effect, but did not reach a synchronous standby in time; or the server has
    /// none (`synchronous_standby_names` is empty).
    NotDurable,
    /// An error that no other kind covers.
    Other,
    /// The server is out of memory or of another resource (`53000`, `53200`, `53400`).
    OutOfResources,
    /// Too many operations are running and waiting. See
    /// [`with_connections`](crate::PostgresStoreBuilder::with_connections).
    Overloaded,
    /// The server does not accept the role and the password, or needs one; or its `pg_hba.conf`
    /// has no entry for them (`28000`, `28P01`).
    Password,
    /// The server is a standby, or its transactions are read-only (`25006`).
    ReadOnly,
    /// No server listens at the address.
    RefusedConnection,
    /// The tables or functions of the store are missing, or older than this crate (`42P01`,
    /// `42883`, `3F000`). See [`migrate`](crate::PostgresStore::migrate).
    Schema,
    /// The server is shutting down, or ended the connection (`57P01`, `57P02`).
    ShuttingDown,
    /// The server is starting up or recovering (`57P03`).
    StartingUp,
    /// There was no response, or no connection, in time. The operation may or may not have taken
    /// effect.
    Timeout,
    /// The server's certificate is not trusted, is for another name, or has expired; the server
    /// needs a client certificate; or it does not offer TLS.
    Tls,
    /// The server has no connection left (`53300`).
    TooManyConnections,
    /// The reply is none that a statement of the store can have. The connection was closed.
    UnexpectedReply,
    /// No version of this crate wrote the record.
    UnreadableRecord,
}

impl PostgresStoreErrorKind {
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Cancelled => "the statement was cancelled",
            Self::ConnectionLost => "the connection to postgres broke",
            Self::DiskFull => "the disk of postgres is full",
            Self::Locked => "other transactions hold the session",
            Self::MissingRights => "the postgres role lacks rights",
            Self::NoDatabase => "postgres has no database of that name",
            Self::NotDurable => "the revocation did not reach a standby",
            Self::Other => "postgres failed",
            Self::OutOfResources => "postgres is out of memory or of another resource",
            Self::Overloaded => "too many operations are waiting for postgres",
            Self::Password => "postgres does not accept the role and the password",
            Self::ReadOnly => "postgres is read-only",
            Self::RefusedConnection => "postgres refused the connection",
            Self::Schema => "the schema of the store is missing or too old",
            Self::ShuttingDown => "postgres is shutting down",
            Self::StartingUp => "postgres is starting up",
            Self::Timeout => "postgres did not respond in time",
            Self::Tls => "the tls connection to postgres failed",
            Self::TooManyConnections => "postgres has no connection left",
            Self::UnexpectedReply => "postgres sent an unexpected reply",
            Self::UnreadableRecord => "postgres holds a row that is no record",
        }
    }
}
