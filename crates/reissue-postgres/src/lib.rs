//! Postgres store for [Reissue](reissue): sessions in the database that is there already, on
//! Postgres 13 or newer, with one server or a primary and its standbys, also behind PgBouncer.
//!
//! ```no_run
//! use reissue::client::ClientMap;
//! use reissue::{Keys, Server};
//! use reissue_postgres::PostgresStore;
//!
//! # async fn example(clients: ClientMap, keys: Keys) -> Result<(), Box<dyn std::error::Error>> {
//! let store = PostgresStore::builder("postgres://reissue@10.0.0.1,10.0.0.2/sessions")
//!     .with_password(std::env::var("PGPASSWORD")?)
//!     .build()?;
//! store.migrate().await?;
//! let server = Server::builder("https://id.example", keys, clients, store).build()?;
//! # Ok(()) }
//! ```
//!
//! # How it works
//!
//! * **One row per session, one statement per operation.** Every operation of
//!   [`Store`](reissue::store::Store), including "log out everywhere" and the session limit, is one
//!   statement in one round trip, and one transaction. The writing ones call functions in the
//!   database, whose plans each server process keeps: nothing has to be prepared, so a pooler may
//!   send each statement to another process.
//! * **The server's clock.** Ages and deadlines are measured by `clock_timestamp()`, after the
//!   session's row is locked.
//! * **`read committed`.** If the database's default is another level, and it makes a statement
//!   fail (`40001`), the statement is sent again in a transaction at this level.
//! * **No index on anything that changes.** A refresh stays on its page (HOT), and the table stays
//!   as large as it was. Expired sessions are missing by comparison. They are removed in chunks of
//!   256, one after each 64 writes, by a statement that nobody waits for.
//! * **Timers of its own.** An operation that takes longer than the response time-out fails, its
//!   statement is cancelled on the server, and its connection is closed. `statement_timeout` would
//!   not cover the wait for a standby.
//! * **Operations are idempotent.** When a connection breaks, the statement is sent again on
//!   another one, up to twice. A statement that runs twice has the effect of once; only the number
//!   of sessions that a revocation returns, and the sessions that a login reports as evicted, may
//!   then be too few.
//!
//! # How to set Postgres up
//!
//! * [`PostgresStore::migrate`] creates what is missing; several processes may call it at once. Or
//!   an administrator applies `schema.sql`. Its functions find the tables in the `search_path` that
//!   was in effect then.
//! * The role needs these rights, where `sessions` is the schema:
//!
//!   ```sql
//!   grant usage on schema sessions to reissue;
//!   grant select, insert, update, delete on sessions.reissue_session,
//!     sessions.reissue_subject, sessions.reissue_one_time_id to reissue;
//!   grant select on sessions.reissue_migration to reissue;
//!   ```
//!
//! * `synchronous_commit = on`, the default. Logins, changes of details, revocations and single-use
//!   ids are on the disk before they succeed even if it is `off`; refreshes follow it, and
//!   [relaxed refreshes](PostgresStoreBuilder::with_relaxed_refreshes) turn it off for them alone.
//! * With standbys, name all hosts in the URL: after a promotion the store finds the new primary.
//! * With synchronous standbys,
//!   [durable revocation](PostgresStoreBuilder::with_durable_revocation): a failover then does not
//!   bring back revoked sessions.
//! * Without a pooler,
//!   [prepared statements](PostgresStoreBuilder::with_prepared_statements) save work.
//! * `autovacuum` must be on, as it is by default.
//!
//! [`ready`](reissue::store::Store::ready) reports these findings: `clock-skew`, `not-durable`,
//! `read-only`, `replica-missing`, `schema-behind`.
//!
//! # What it does not do
//!
//! It does not make asynchronous replication synchronous. A promotion may lose the last moments:
//!
//! * a lost refresh is healed when the client presents its newer token;
//! * a lost login must be repeated;
//! * a lost revocation stays lost, unless revocations are durable.
//!
//! The session limit of a subject is meant for hundreds of sessions, not for hundreds of thousands:
//! with a limit, a login reads every session of the subject.
//!
//! # Features
//!
//! * `tls` (default): connections by TLS, with rustls and aws-lc.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod connection;
mod error;
mod inner;
mod migrations;
mod parameter;
mod ready;
mod record;
mod settings;
mod statement;
mod store;
mod sweeper;
mod time;
mod transfer;
mod url;
mod verbs;

pub use crate::builder::PostgresStoreBuilder;
pub use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
pub use crate::store::PostgresStore;
