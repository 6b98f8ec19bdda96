//! Whether the server would serve, and what an operator should change.

mod check;
mod findings;
mod inspection;

pub(crate) use self::check::check;
