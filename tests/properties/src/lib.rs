//! What must hold for any bytes that reach a parser, one function for each.
//!
//! The functions panic where it does not. libFuzzer calls them from `tests/fuzz/fuzz_targets`, and
//! the tests call them with the corpus and with mutations of it, on any toolchain.

// Nothing is tested here. The configuration of the token server, which is included, has its tests
// there.
#![cfg(not(test))]

mod basic;
mod config;
mod form;
mod issue;
mod jws;
mod keys;
mod mutate;
mod now;
mod paseto;
mod record;
mod record_codec;
mod refresh_token;

use std::fmt;

pub use self::basic::basic;
pub use self::config::config;
pub use self::form::form;
pub use self::issue::issued;
pub use self::jws::jws;
pub use self::mutate::mutations;
pub use self::paseto::paseto;
pub use self::record::record;
pub use self::refresh_token::refresh_token;

/// What the parser said to an input. Either may be right; a corpus must have both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The parser took it.
    Accepted,
    /// The parser refused it.
    Refused,
}

/// A parser and what must hold for it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Target {
    /// The name of the target and of its corpus.
    pub name: &'static str,
    /// Panics if something does not hold for an input.
    pub check: fn(&[u8]) -> Outcome,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All of them.
pub const TARGETS: [Target; 7] = [
    target("basic", basic),
    target("config", config),
    target("form", form),
    target("jws", jws),
    target("paseto", paseto),
    target("record", record),
    target("refresh_token", refresh_token),
];

const fn target(name: &'static str, check: fn(&[u8]) -> Outcome) -> Target {
    Target { name, check }
}
