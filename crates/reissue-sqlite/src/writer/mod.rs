//! The thread that all operations go through: takes what waits, commits once, then replies to all.

mod batch;
mod request;
mod sweep;
mod thread;
mod verb;

pub(crate) use self::thread::Writer;
pub(crate) use self::verb::{Access, Swept, Verb};
