//! A load generator for OAuth 2.0 token endpoints (RFC 6749 §6): independent sessions that keep
//! refreshing, each with its newest refresh token, as honest clients do.
//!
//! An honest client keeps its token until a 200 brings another, and tries again when it is told to
//! or hears nothing. When such a client gets `invalid_grant`, its user is logged out through no
//! fault of its own: the session is *lost*. That is what a token endpoint must never do, however
//! fast it is.
//!
//! The load is *closed* (each session sends its next request when it has the response to the last)
//! or *open* (requests are due at fixed times, and latency counts from when a request was due, not
//! from when it could at last be sent: a server that stalls does not hide its stall by keeping the
//! generator from asking).
//!
//! `cargo run --release -p reissue-load --bin load -- --help` tells the rest. No TLS: drive servers
//! where it ends.

mod client;
mod connection;
mod first;
mod form;
mod process;
mod progress;
mod report;
mod response;
mod run;
mod schedule;
mod session;
mod tally;
mod target;

pub use self::client::{Authentication, Client};
pub use self::first::{FirstToken, FirstTokenError};
pub use self::process::{cpu_time, resident_bytes};
pub use self::progress::Progress;
pub use self::report::{CpuTimes, Latency, Report};
pub use self::run::{Length, Load, LoadError, Pace};
pub use self::session::Present;
pub use self::target::{InvalidTarget, Target};
