//! The way to the server and back, for one script at a time: a place, a connection, the script, the reply.

mod cluster;
mod connection;
mod connector;
mod dial;
mod limiter;
mod masters;
mod sentinel;
mod slot;
mod tls;

pub(crate) use self::connection::Connection;
pub(crate) use self::connector::Connector;
pub(crate) use self::dial::{Account, Dialer, Options, Target};
pub(crate) use self::limiter::{Limiter, Permit};
pub(crate) use self::slot::Slot;
pub(crate) use self::tls::{Pem, Tls};
