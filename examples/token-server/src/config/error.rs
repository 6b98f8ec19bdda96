//! Errors in a configuration, in words for the operator.

use std::io;
use std::path::PathBuf;

use toml::de::Error as TomlError;

/// A configuration that cannot be used, and where it is wrong.
///
/// Contains no value of a secret, in `Display` or in `Debug`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// Two keys, or two tables, contradict each other.
    #[error("{path}: {reason} (line {line})")]
    Conflict {
        path: String,
        line: usize,
        reason: String,
    },
    /// A key that must be in the file is not.
    #[error("{path}: missing; expected {expected} (in the table at line {line})")]
    Missing {
        path: String,
        line: usize,
        expected: &'static str,
    },
    /// The file could not be read.
    #[error("cannot read {}", file.display())]
    Read {
        file: PathBuf,
        #[source]
        cause: io::Error,
    },
    /// The file is not TOML.
    #[error("not valid TOML: {message} (line {line}, column {column})")]
    Syntax {
        line: usize,
        column: usize,
        message: String,
    },
    /// A key without a default, because of the value of another.
    #[error("{path}: missing; expected {expected} (line {line})")]
    Undecided {
        path: String,
        line: usize,
        expected: &'static str,
    },
    /// A key that does not exist.
    #[error("{path}: unknown key; expected one of {} (line {line})", known.join(", "))]
    Unknown {
        path: String,
        line: usize,
        known: &'static [&'static str],
    },
    /// A value of the wrong type, or outside what its key allows.
    #[error("{path}: expected {expected}; found {found} (line {line})")]
    Value {
        path: String,
        line: usize,
        expected: String,
        found: String,
    },
}

impl ConfigError {
    /// The parser's own message without the source line that its `Display` adds: that line may hold
    /// a secret.
    pub(super) fn syntax(text: &str, error: &TomlError) -> Self {
        let offset = error.span().map_or(text.len(), |span| span.start);
        let before = text.get(..offset).unwrap_or(text);
        Self::Syntax {
            line: line(text, offset),
            column: before.chars().rev().take_while(|&c| c != '\n').count() + 1,
            message: error.message().to_owned(),
        }
    }
}

/// The line, from 1, that holds the byte at `offset`.
pub(super) fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}
