use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::Parser;
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

use super::backup::BackupOptions;
use super::copy::CopyOptions;
use super::error::ArgsError;
use super::help;
use super::keys::KeysCommand;
use super::secret::HashOptions;
use super::serve::{Options, listen, store};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    /// Copy the database.
    Backup(BackupOptions),
    /// Check a configuration.
    Check(CheckOptions),
    /// Copy one store to another.
    Copy(CopyOptions),
    /// Hash a secret.
    HashSecret(HashOptions),
    /// Print a help text.
    Help(&'static str),
    /// Write a configuration and keys into a directory.
    Init(PathBuf),
    /// Make, list or rotate keys.
    Keys(KeysCommand),
    /// Start the server.
    Serve(Options),
    /// Print [`VERSION`](super::VERSION).
    Version,
}

impl Command {
    /// Reads the arguments after the program's name. Of an option given twice, the last one counts.
    pub(crate) fn parse<I>(args: I) -> Result<Self, ArgsError>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut parser = Parser::from_args(args);
        let mut options = Options::default();
        let mut is_first = true;
        while let Some(arg) = parser.next()? {
            match arg {
                Value(name) if is_first => return Self::named(&name.string()?, parser),
                Short('c') | Long("config") => options.config = Some(parser.value()?.into()),
                Short('l') | Long("listen") => options.listen = Some(listen(parser.value()?)?),
                Short('d') | Long("data") => options.data = Some(parser.value()?.into()),
                Short('s') | Long("store") => options.store = Some(store(parser.value()?)?),
                Long("init") => return init(parser),
                Short('h') | Long("help") => return Ok(Self::Help(help::SERVE)),
                Short('V') | Long("version") => return Ok(Self::Version),
                other => return Err(other.unexpected().into()),
            }
            is_first = false;
        }
        Ok(Self::Serve(options))
    }

    fn named(name: &str, parser: Parser) -> Result<Self, ArgsError> {
        match name {
            "backup" => BackupOptions::parse(parser),
            "check" => check(parser),
            "copy" => CopyOptions::parse(parser),
            "hash-secret" => HashOptions::parse(parser),
            "keys" => KeysCommand::parse(parser),
            _ => Err(ArgsError::UnknownCommand(name.to_owned())),
        }
    }
}

/// How to check a configuration.
#[derive(Debug)]
pub(crate) struct CheckOptions {
    pub(crate) config: PathBuf,
    /// Whether a warning is a failure.
    pub(crate) strict: bool,
}

fn check(mut parser: Parser) -> Result<Command, ArgsError> {
    let (mut config, mut strict) = (None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Short('c') | Long("config") => config = Some(parser.value()?.into()),
            Long("strict") => strict = true,
            Short('h') | Long("help") => return Ok(Command::Help(help::CHECK)),
            other => return Err(other.unexpected().into()),
        }
    }
    let config = config.ok_or(ArgsError::Missing("--config FILE"))?;
    Ok(Command::Check(CheckOptions { config, strict }))
}

fn init(mut parser: Parser) -> Result<Command, ArgsError> {
    let folder = PathBuf::from(parser.value()?);
    match parser.next()? {
        None => Ok(Command::Init(folder)),
        Some(Short('h') | Long("help")) => Ok(Command::Help(help::SERVE)),
        Some(other) => Err(other.unexpected().into()),
    }
}
