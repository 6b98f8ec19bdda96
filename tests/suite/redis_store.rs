//! The Redis store on servers that the tests start.

mod server;

mod cost;
mod differential;
mod one_server;
