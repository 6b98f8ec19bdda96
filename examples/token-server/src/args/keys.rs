use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::Parser;
use lexopt::prelude::{Long, Short, Value, ValueExt as _};
use reissue::key::Algorithm;

use super::command::Command;
use super::error::ArgsError;
use super::help;
use crate::config::parse_duration;

/// What to do with keys.
#[derive(Debug)]
pub(crate) enum KeysCommand {
    Generate(GenerateOptions),
    List { config: PathBuf },
    Rotate(RotateOptions),
}

/// What keys are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Refresh tokens, codes and login forms.
    Seal,
    /// Access tokens.
    Signing,
}

/// How to make a key.
#[derive(Debug)]
pub(crate) struct GenerateOptions {
    pub(crate) kind: KeyKind,
    /// Of a signing key.
    pub(crate) algorithm: Algorithm,
    /// Where the key goes; `None`: to the standard output.
    pub(crate) out: Option<PathBuf>,
}

/// How to rotate keys.
#[derive(Debug)]
pub(crate) struct RotateOptions {
    pub(crate) config: PathBuf,
    /// `None`: both kinds.
    pub(crate) kind: Option<KeyKind>,
    /// Of the new signing key; `None`: that of the configuration.
    pub(crate) algorithm: Option<Algorithm>,
    /// How long it takes until every server has read the new configuration.
    pub(crate) restart_within: Duration,
}

impl KeysCommand {
    pub(super) fn parse(mut parser: Parser) -> Result<Command, ArgsError> {
        match parser.next()? {
            Some(Short('h') | Long("help")) => Ok(Command::Help(help::KEYS)),
            Some(Value(name)) => match &*name.string()? {
                "generate" => generate(parser),
                "list" => list(parser),
                "rotate" => rotate(parser),
                other => Err(unknown("generate, list or rotate", other)),
            },
            Some(other) => Err(other.unexpected().into()),
            None => Err(ArgsError::Missing("generate, list or rotate after keys")),
        }
    }
}

fn generate(mut parser: Parser) -> Result<Command, ArgsError> {
    let (mut kind, mut algorithm, mut out) = (None, None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("alg") => algorithm = Some(read_algorithm(parser.value()?)?),
            Short('o') | Long("out") => out = Some(parser.value()?.into()),
            Short('h') | Long("help") => return Ok(Command::Help(help::KEYS)),
            Value(name) if kind.is_none() => kind = Some(read_kind(&name.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let kind = kind.ok_or(ArgsError::Missing("the kind of key: signing or seal"))?;
    if kind == KeyKind::Seal && algorithm.is_some() {
        return Err(ArgsError::Contradiction(SEAL_HAS_NO_ALG));
    }
    Ok(Command::Keys(KeysCommand::Generate(GenerateOptions {
        kind,
        algorithm: algorithm.unwrap_or(Algorithm::EdDsa),
        out,
    })))
}

fn list(mut parser: Parser) -> Result<Command, ArgsError> {
    let mut config = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Short('c') | Long("config") => config = Some(parser.value()?.into()),
            Short('h') | Long("help") => return Ok(Command::Help(help::KEYS)),
            other => return Err(other.unexpected().into()),
        }
    }
    let config = config.ok_or(ArgsError::Missing("--config FILE"))?;
    Ok(Command::Keys(KeysCommand::List { config }))
}

fn rotate(mut parser: Parser) -> Result<Command, ArgsError> {
    let (mut config, mut kind, mut algorithm) = (None, None, None);
    let mut restart_within = RESTART_WITHIN;
    while let Some(arg) = parser.next()? {
        match arg {
            Short('c') | Long("config") => config = Some(parser.value()?.into()),
            Long("alg") => algorithm = Some(read_algorithm(parser.value()?)?),
            Long("restart-within") => restart_within = read_duration(parser.value()?)?,
            Short('h') | Long("help") => return Ok(Command::Help(help::KEYS)),
            Value(name) if kind.is_none() => kind = Some(read_kind(&name.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    if kind == Some(KeyKind::Seal) && algorithm.is_some() {
        return Err(ArgsError::Contradiction(SEAL_HAS_NO_ALG));
    }
    Ok(Command::Keys(KeysCommand::Rotate(RotateOptions {
        config: config.ok_or(ArgsError::Missing("--config FILE"))?,
        kind,
        algorithm,
        restart_within,
    })))
}

fn read_kind(name: &str) -> Result<KeyKind, ArgsError> {
    match name {
        "seal" => Ok(KeyKind::Seal),
        "signing" => Ok(KeyKind::Signing),
        other => Err(unknown("signing or seal", other)),
    }
}

fn read_algorithm(value: OsString) -> Result<Algorithm, ArgsError> {
    let algorithm = value.to_str().and_then(|name| name.parse().ok());
    algorithm.ok_or(ArgsError::UnknownAlgorithm { found: value })
}

fn read_duration(value: OsString) -> Result<Duration, ArgsError> {
    let duration = value.to_str().and_then(parse_duration);
    duration.ok_or(ArgsError::Duration { found: value })
}

fn unknown(expected: &'static str, found: &str) -> ArgsError {
    ArgsError::UnknownKeys {
        expected,
        found: found.to_owned(),
    }
}

/// Time for a rolling restart that nobody hurries with.
const RESTART_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

const SEAL_HAS_NO_ALG: &str = "--alg: only signing keys have a choice of algorithm";
