//! A proxy in front of a Redis server that fails on demand.
//!
//! It sees where commands and replies begin and end, so that a fault meets exactly what the test
//! chose: a predicate over [`Command`] picks the command, a method of [`Proxy`] says what happens
//! to it or to its reply. Whole connections can be slowed down, black-holed and reset.
//!
//! It runs on a thread of its own: neither a test that blocks nor a paused clock holds it up. A
//! replication link passes through it as well, byte by byte.

mod command;
mod connection;
mod handle;
mod pipe;
mod rules;
mod shared;

pub use self::command::{Command, any, named, script};
pub use self::handle::Proxy;
pub use self::rules::Afterwards;
