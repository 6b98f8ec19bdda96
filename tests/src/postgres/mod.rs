//! Postgres as it is installed, in processes of the test's own: one server, standbys, PgBouncer.
//!
//! Each process listens on a loopback port that nobody else uses, lives in a directory of its own
//! and ends with the value that started it, whether the test passes or panics; the server that all
//! tests of a binary share ends with the binary. Postgres refuses to run as root: then its
//! processes run as the user `postgres`. What starts and stops processes blocks.

mod account;
mod builder;
mod pgbench;
mod pooler;
mod programs;
mod server;
mod shared;
mod template;

pub use self::builder::PostgresServerBuilder;
pub use self::pgbench::Pgbench;
pub use self::pooler::Pooler;
pub use self::server::PostgresServer;
pub use self::shared::{own_schema, shared_server};
