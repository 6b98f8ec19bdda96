//! Histories of requests and responses, and the check whether the [model](crate::model) explains
//! them.
//!
//! A [`History`] collects requests, each with a time before it was sent and a time after its
//! response arrived. A request without a response, because the client disconnected or got a 503,
//! may take effect at any time after it was sent, or never. [`check`] searches, session by session,
//! for an order of all trips to the store that agrees with real time, and in which the model
//! returns the same responses.
//!
//! The search is Lowe's just-in-time linearization: it goes through requests and responses in the
//! order in which they happened, and keeps the set of all possible states of the session, each with
//! the requests that have had part of their effect already. A response that none of the states
//! explains refutes the history. States that no longer matter are dropped, so the sets stay small.
//! Beyond [`Spec::limit`] states the search forgets when generations were superseded; if that is
//! not enough, it gives up.
//!
//! Whether a token is within its grace period is decided by the known bounds of times: within,
//! after, or either. Faults are [`Disturbance`]s: during each, a command may be executed and sent
//! again; during those that lose writes, a session may fall back to any generation that it had
//! since the disturbance began.

mod check;
mod configuration;
mod entry;
mod recorder;
mod refutation;
mod search;
mod spec;
mod trips;

pub use self::check::check;
pub use self::entry::{Disturbance, Entry, Moment, Response};
pub use self::recorder::History;
pub use self::refutation::Refutation;
pub use self::spec::Spec;
