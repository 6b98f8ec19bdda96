//! The whole server on a Redis that fails: honest clients are never logged out, and nothing is
//! decided twice.

mod cluster;
mod disconnects;
mod fleet;
mod injected;
mod lost_replies;
mod mixed_replies;
mod outages;
mod refusals;
mod refused;
mod scripts;
mod sentinel;
mod watched;
mod witness;

pub(super) use self::cluster::slot as slot_of_client;
pub(super) use self::fleet::{Fleet, Unharmed, successor, until_ok};
pub(super) use self::watched::{Watched, blocking};
pub(super) use self::witness::Witness;
