//! Readiness: whether the database can be written to, and what an operator should change.

mod file_system;
mod probe;

pub(crate) use self::probe::Probe;
