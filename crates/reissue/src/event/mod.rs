//! Typed events, one for every outcome, for logs, metrics and audits.
//!
//! With the feature `tracing`, which is on by default, a server logs every event with [`trace`].
//! [`ServerBuilder::with_events`](crate::ServerBuilder::with_events) adds a function of the
//! application, for metrics or an audit log:
//!
//! ```
//! use std::sync::mpsc;
//!
//! use reissue::client::ClientMap;
//! use reissue::store::MemoryStore;
//! use reissue::{Keys, Server};
//!
//! let (audit, records) = mpsc::channel();
//! let server = Server::builder(
//!     "https://id.example",
//!     Keys::generate(),
//!     ClientMap::default(),
//!     MemoryStore::new(),
//! )
//! .with_events(|event| println!("{}", event.name()))
//! .with_events(move |event| drop(audit.send(event.to_record())))
//! .build()?;
//! # drop((server, records));
//! # Ok::<(), reissue::ConfigError>(())
//! ```

#[expect(
    clippy::module_inception,
    reason = "the module is named after its main type"
)]
mod event;
mod record;
mod subjects;
#[cfg(feature = "tracing")]
mod tracing;

#[cfg(test)]
mod tests;

pub use self::event::Event;
pub use self::record::EventRecord;
pub use self::subjects::{ClaimedClient, Requester, SessionEnd, SessionRef};
#[cfg(feature = "tracing")]
pub use self::tracing::trace;
