//! What clients asked and what they were answered, and whether the [model](crate::model) explains
//! it.
//!
//! A [`History`] collects questions, each with the moment before it was asked and the moment after
//! it was answered. A question without an answer, since the client hung up or was told to try
//! again, may take effect at any time after it was asked, or never. [`check`] takes the history
//! apart, session by session, and looks for an order of all trips to the store that agrees with
//! real time, and in which the model answers what was answered.
//!
//! The search is Lowe's just-in-time linearization: it goes through questions and answers in the
//! order in which they happened, and keeps the set of all states that the session may be in, each
//! with the questions that have had part of their effect already. An answer that none of them
//! explains refutes the history. What cannot matter any more is dropped, so the sets stay small;
//! the search gives up beyond [`Spec::limit`] states rather than run for ever.
//!
//! What depends on time is decided by when it certainly was: within grace, outside, or either.
//! Faults are [`Disturbance`]s: during each, a command may be carried out and sent again; during
//! those that lose writes, a session may fall back to any generation that it had since the
//! disturbance began.

mod check;
mod configuration;
mod entry;
mod recorder;
mod refutation;
mod search;
mod spec;
mod trips;

pub use self::check::check;
pub use self::entry::{Answer, Disturbance, Entry, Moment};
pub use self::recorder::History;
pub use self::refutation::Refutation;
pub use self::spec::Spec;
