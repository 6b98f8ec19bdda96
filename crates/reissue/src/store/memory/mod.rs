//! The memory store.
//!
//! `family` and `families` implement the verbs on plain data, with the time as a parameter. Only
//! `shards` locks, and only `shared` reads the clock.

mod families;
mod family;
mod history;
mod one_time_ids;
mod shards;
mod shared;
mod store;
mod transfer;

pub use self::store::MemoryStore;

#[cfg(test)]
mod tests;
