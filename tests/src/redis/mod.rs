//! Redis as it is installed, in processes of the test's own: one server, a master watched by
//! Sentinel, a cluster.
//!
//! Each process listens on a loopback port that nobody else uses, lives in a directory of its own
//! and ends with the value that started it, whether the test passes or panics. All methods block: a
//! test that calls them while something else must go on needs a runtime with several threads.
//!
//! The programs are `redis-server` and `redis-sentinel`; with `REISSUE_TEST_REDIS=valkey` those of
//! Valkey.

mod aging;
mod builder;
mod certificate;
mod cluster;
mod migration;
mod port;
mod process;
mod replication;
mod sentinel;
mod server;
mod slot;
mod wait;

pub use self::aging::AGE;
pub use self::builder::RedisServerBuilder;
pub use self::certificate::Certificate;
pub use self::cluster::Cluster;
pub use self::migration::SlotMigration;
pub use self::port::free_port;
pub use self::sentinel::{Sentinels, SentinelsBuilder};
pub use self::server::RedisServer;
pub use self::slot::slot_of_key;
pub use self::wait::wait_until;
