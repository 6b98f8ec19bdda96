//! Readiness: whether the servers can serve, and which of their settings an operator should change.

mod check;
mod findings;
mod inspection;

pub(crate) use self::check::check;
