//! Connections to the servers: how one is opened, shared, and replaced when it is lost.

mod account;
mod backoff;
mod batcher;
mod cluster;
mod connection;
mod connector;
mod dialer;
mod limiter;
mod masters;
mod options;
mod sentinel;
mod single;
mod slot;
mod stall;
mod tls;

pub(crate) use self::account::Account;
pub(crate) use self::connection::Connection;
pub(crate) use self::connector::Connector;
pub(crate) use self::dialer::Dialer;
pub(crate) use self::limiter::{Limiter, Permit};
pub(crate) use self::options::Options;
pub(crate) use self::slot::Slot;
pub(crate) use self::tls::{Pem, Tls};
