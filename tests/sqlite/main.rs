//! What the SQLite store promises.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, in its helpers too"
)]

mod backup;
mod contract;
mod crashes;
mod disk;
mod files;
mod growth;
mod processes;
mod support;
