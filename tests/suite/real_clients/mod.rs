//! Clients and verifiers that other people wrote, against the real program.
//!
//! Each is driven by a script in `tests/clients`, which reports step by step what its library made
//! of the answers. A gateway in between loses the answer that gets lost, and records what really
//! went over the wire.

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
