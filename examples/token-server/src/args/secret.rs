use lexopt::Parser;
use lexopt::prelude::{Long, Short, Value};

use super::command::Command;
use super::error::ArgsError;
use super::help;

/// How to hash a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HashOptions {
    pub(crate) holder: Holder,
    /// Whether to generate the secret instead of reading it from the standard input.
    pub(crate) generate: bool,
}

/// Whose secret it is, which decides the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A client's, generated: SHA-256.
    Client,
    /// A client's, chosen by a person: argon2id.
    Human,
    /// A user's password: argon2id.
    User,
}

impl HashOptions {
    pub(super) fn parse(mut parser: Parser) -> Result<Command, ArgsError> {
        let (mut holder, mut generate) = (None, false);
        while let Some(arg) = parser.next()? {
            let named = match arg {
                Long("generate") => {
                    generate = true;
                    continue;
                }
                Long("human") => Holder::Human,
                Long("user") => Holder::User,
                Short('h') | Long("help") => return Ok(Command::Help(help::HASH_SECRET)),
                // Not shown: it may be the secret.
                Value(_) => return Err(ArgsError::SecretArgument),
                other => return Err(other.unexpected().into()),
            };
            if holder.replace(named).is_some_and(|other| other != named) {
                return Err(ArgsError::Contradiction(ONE_HOLDER));
            }
        }
        let holder = holder.unwrap_or(Holder::Client);
        if generate && holder == Holder::Human {
            return Err(ArgsError::Contradiction(GENERATED_BY_HUMAN));
        }
        Ok(Command::HashSecret(Self { holder, generate }))
    }
}

const ONE_HOLDER: &str = "--human is for a client's secret, and --user for a user's password";
const GENERATED_BY_HUMAN: &str = "--human is for a secret that a person has chosen, not for \
    a generated one";
