//! What the tests are built with: a clock that stands still, a store that fails on demand, a sink
//! that remembers, and a token endpoint with all of them around it.

mod assertions;
mod clock;
mod drive;
mod endpoint;
mod engine;
mod faults;
pub mod history;
pub mod honest;
mod keys;
mod length;
pub mod model;
pub mod nemesis;
#[cfg(feature = "sql")]
pub mod postgres;
mod programs;
pub mod proxy;
mod recorder;
pub mod redis;
mod requests;
pub mod resp;
mod response;
mod small_disk;

pub use self::assertions::{assert_error, assert_ok, assert_refreshes};
pub use self::clock::ManualClock;
pub use self::drive::{Slow, Stutter, drop_after};
pub use self::endpoint::{ALL_SCOPES, Endpoint, EndpointBuilder, SECRET, basic, confidential};
pub use self::engine::{Engine, ISSUER, SUBJECT, subject_key, trusted};
pub use self::faults::{Fault, FaultyStore, Verb};
pub use self::keys::{Opened, TestKeys};
pub use self::length::{report, usual_or_long};
pub use self::programs::program;
pub use self::proxy::Proxy;
pub use self::recorder::Recorder;
pub use self::requests::{basic_of, claims, form, form_encoded, form_of_web, jwt_part};
pub use self::response::TestResponse;
pub use self::small_disk::SmallDisk;

/// The examples of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
