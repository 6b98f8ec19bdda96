use std::path::PathBuf;

use lexopt::Parser;
use lexopt::prelude::{Long, Short, ValueExt as _};

use super::command::Command;
use super::error::ArgsError;
use super::help;
use crate::config::StoreUrl;

/// How to copy one store to another.
#[derive(Debug)]
pub(crate) struct CopyOptions {
    pub(crate) from: StoreUrl,
    pub(crate) to: StoreUrl,
    /// Whether sessions of the target are changed and revoked.
    pub(crate) update: bool,
    /// The file with the settings of both stores.
    pub(crate) config: Option<PathBuf>,
}

impl CopyOptions {
    /// Reads the arguments after `copy`.
    pub(super) fn parse(mut parser: Parser) -> Result<Command, ArgsError> {
        let (mut from, mut to, mut update, mut config) = (None, None, false, None);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("from") => from = Some(url("--from", &mut parser)?),
                Long("to") => to = Some(url("--to", &mut parser)?),
                Long("update") => update = true,
                Short('c') | Long("config") => config = Some(parser.value()?.into()),
                Short('h') | Long("help") => return Ok(Command::Help(help::COPY)),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Command::Copy(Self {
            from: from.ok_or(ArgsError::Missing("--from URL"))?,
            to: to.ok_or(ArgsError::Missing("--to URL"))?,
            update,
            config,
        }))
    }
}

fn url(option: &'static str, parser: &mut Parser) -> Result<StoreUrl, ArgsError> {
    let text = parser.value()?.string()?;
    text.parse()
        .map_err(|cause| ArgsError::Store { option, cause })
}
