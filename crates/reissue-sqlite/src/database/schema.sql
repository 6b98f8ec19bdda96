-- Sessions and single-use ids. Times are milliseconds since the Unix epoch.

create table session (
    subject    blob    not null, -- digest of issuer and subject, 16 bytes
    sid        blob    not null, -- name of the session, 16 bytes
    generation integer not null, -- of the newest refresh token
    revision   blob,             -- of the details, 16 bytes; null: they were never replaced
    conflicts  integer not null, -- superseded tokens that were presented since the last rotation
    shared     integer not null, -- generations in a row that were presented more than once
    created_at integer not null,
    rotated_at integer not null,
    skipped    integer not null, -- generations that the last rotation led ahead, less one
    deadline   integer,          -- the nearer of idle deadline and absolute expiry; null: never
    expires_at integer,          -- absolute expiry; null: never
    attempt    blob,             -- of the last rotation, 8 bytes
    history    blob,             -- earlier rotations, newest first: 6 bytes of time, 1 of skipped
    details    blob    not null, -- what is granted, opaque to the store
    primary key (subject, sid)
) strict, without rowid;

create table one_time_id (
    id         blob    not null primary key, -- digest, 32 bytes
    expires_at integer not null
) strict, without rowid;

-- One row, written to find out whether the database can be written to.
create table probe (
    id        integer not null primary key check (id = 1),
    probed_at integer not null
) strict;
