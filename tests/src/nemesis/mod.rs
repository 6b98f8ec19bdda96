//! Whoever makes things go wrong: picks a fault, lets it last, heals it, waits until all is well,
//! and begins again.
//!
//! What it picks follows from a seed, which it prints; `REISSUE_TEST_SEED` sets it. Every fault
//! comes once before any comes twice. What is between two moments at which all was well is reported
//! as a [`Disturbance`](crate::history::Disturbance), and so is a failover that nobody asked for,
//! as may happen on a machine that is very busy.

mod arena;
mod cluster;
mod dice;
#[cfg(feature = "sql")]
mod postgres;
mod run;
mod sentinel;
mod single;
#[cfg(feature = "sql")]
mod sqlite;

pub use self::arena::{Arena, Fault};
pub use self::cluster::ClusterArena;
pub use self::dice::{Dice, seed};
#[cfg(feature = "sql")]
pub use self::postgres::{PostgresArena, PostgresFailoverArena};
pub use self::run::{Nemesis, Tally, Watch};
pub use self::sentinel::SentinelArena;
pub use self::single::SingleArena;
#[cfg(feature = "sql")]
pub use self::sqlite::SqliteArena;
