//! The embedded store.
//!
//! What a verb does is decided in `family` and `families`, on plain data and with the time as a
//! parameter; `shards` is the only file that locks, and `store` the only one that asks for the
//! time.

mod families;
mod family;
mod history;
mod one_time_ids;
mod shards;
mod store;

pub use self::store::MemoryStore;

#[cfg(test)]
mod tests;
