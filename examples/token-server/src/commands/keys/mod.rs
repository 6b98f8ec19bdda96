//! `keys`: makes, lists and rotates keys.

mod generate;
mod list;
mod rotate;

pub(super) use self::generate::{PEM, SEAL};

use std::error::Error;
use std::process::ExitCode;

use crate::args::KeysCommand;

/// Does what a command says about keys.
pub(crate) fn keys(command: &KeysCommand) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        KeysCommand::Generate(options) => generate::run(options),
        KeysCommand::List { config } => list::run(config),
        KeysCommand::Rotate(options) => rotate::run(options),
    }
}
