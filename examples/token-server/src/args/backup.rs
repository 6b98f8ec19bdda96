use std::path::PathBuf;

use lexopt::Parser;
use lexopt::prelude::{Long, Short, Value};

use super::command::Command;
use super::error::ArgsError;
use super::help;
use super::serve::{Options, store};

/// How to copy the database.
#[derive(Debug)]
pub(crate) struct BackupOptions {
    /// The file that it is copied into.
    pub(crate) copy: PathBuf,
    /// How the server that uses it is started.
    pub(crate) server: Options,
}

impl BackupOptions {
    /// Reads the arguments after `backup`.
    pub(super) fn parse(mut parser: Parser) -> Result<Command, ArgsError> {
        let (mut copy, mut server) = (None, Options::default());
        while let Some(arg) = parser.next()? {
            match arg {
                Value(file) if copy.is_none() => copy = Some(file.into()),
                Short('c') | Long("config") => server.config = Some(parser.value()?.into()),
                Short('d') | Long("data") => server.data = Some(parser.value()?.into()),
                Short('s') | Long("store") => server.store = Some(store(parser.value()?)?),
                Short('h') | Long("help") => return Ok(Command::Help(help::BACKUP)),
                other => return Err(other.unexpected().into()),
            }
        }
        let copy = copy.ok_or(ArgsError::Missing("FILE"))?;
        Ok(Command::Backup(Self { copy, server }))
    }
}
