//! The support for tests with Redis does what it says.

mod cluster;
mod connection_faults;
mod honest;
mod reply_faults;
mod sentinel;
mod server;
