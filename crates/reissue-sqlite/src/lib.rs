//! SQLite store for [Reissue](reissue): sessions in one file on a local disk, which survive
//! restarts and power failures without a database server.
//!
//! ```no_run
//! use reissue::client::ClientMap;
//! use reissue::{Keys, Server};
//! use reissue_sqlite::SqliteStore;
//!
//! # fn example(clients: ClientMap, keys: Keys) -> Result<(), Box<dyn std::error::Error>> {
//! let store = SqliteStore::open("/var/lib/example/sessions.db")?;
//! let server = Server::builder("https://id.example", keys, clients, store).build()?;
//! # Ok(()) }
//! ```
//!
//! # How it works
//!
//! * **One writer thread.** It takes every operation that waits, up to 128, runs them in one
//!   transaction, commits once, and only then returns the results. Under load, many operations
//!   share one write to the disk. Reads go the same way, so each sees everything that was returned
//!   before.
//! * **One row per session**, of about a hundred bytes, in a table ordered by subject and session.
//!   Single-use ids have a table of their own.
//! * **Write-ahead log.** A result is returned once the log is on the disk (`synchronous = FULL`).
//!   A second thread moves the log into the database while the first one goes on.
//! * **Expiry without a background job.** Expired sessions are missing for every operation. Each
//!   write looks at a few rows and removes those that have expired; free space at the end of the
//!   file is returned to the file system.
//! * **The clock of the process** decides about ages and deadlines.
//!
//! # How to set it up
//!
//! * The directory must be on a local disk, and writable: SQLite keeps `FILE-wal` and `FILE-shm`
//!   beside the file. Network file systems do not lock files reliably; [`ready`] reports them.
//! * One process at a time serves a file. A second one may overlap during a restart, and [`ready`]
//!   of that process reports it.
//! * [`backup`] copies a database that is in use, as `sqlite3 FILE '.backup COPY'` and Litestream
//!   do. After a restore, sessions that have been refreshed since the copy was made are moved
//!   forward when their clients present newer tokens, up to eight generations; sessions that were
//!   created since are gone, and sessions that were revoked since are back.
//!
//! [`ready`] reports these findings: `disk-nearly-full`, `network-file-system`, `not-wal`,
//! `second-process`.
//!
//! # What it does not do
//!
//! It does not replicate. Several processes that serve the same sessions need a database server.
//!
//! A session limit that was lowered by more than a thousand is reached in steps, by several logins.
//!
//! # Features
//!
//! None. SQLite itself is compiled in.
//!
//! [`ready`]: reissue::store::Store::ready

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backup;
mod builder;
mod database;
mod durability;
mod error;
mod ready;
mod store;
mod verbs;
mod writer;

pub use crate::backup::backup;
pub use crate::builder::SqliteStoreBuilder;
pub use crate::error::{SqliteStoreError, SqliteStoreErrorKind};
pub use crate::store::SqliteStore;
