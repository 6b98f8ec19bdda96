//! Connections to the server: how they are opened, kept and ended.

#[expect(clippy::module_inception, reason = "what the module is about")]
mod connection;
mod dialer;
mod driver;
mod pool;
mod tls;
#[cfg(feature = "tls")]
mod unverified;

pub(crate) use self::connection::Connection;
pub(crate) use self::dialer::{Dialer, Host};
pub(crate) use self::pool::{Permit, Pool};
pub(crate) use self::tls::{Pem, Tls, Verification};
