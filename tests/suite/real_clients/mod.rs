//! Clients and verifiers that other people wrote, against the real program.
//!
//! Each is driven by a script in `tests/clients`, which reports step by step the results of its
//! library. A gateway in between loses the response that gets lost, and records what really went
//! over the wire.

mod conversation;
mod curl;
mod demo;
mod gateway;
pub(crate) mod installed;
mod node;
mod python;
mod script;
mod verifiers;
mod wire;

pub(crate) use self::node::script as node_script;
pub(crate) use self::script::run as run_script;
