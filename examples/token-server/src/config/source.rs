//! Where a secret is: in the configuration itself, in a file of its own, or in the environment.

use std::path::PathBuf;

use super::document::{Keys, Node};
use super::error::ConfigError;
use super::secret::Secret;

/// The place of a secret. It is read when the server is set up.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The name of an environment variable.
    Env(String),
    /// A file with nothing else in it.
    File(PathBuf),
    /// The configuration itself.
    Inline(Secret),
}

impl Source {
    /// Reads the path of a file.
    pub(super) fn file(node: &Node<'_>) -> Result<Self, ConfigError> {
        let path = node.text(FILE_EXPECTED)?;
        // An error names a file that cannot be read, so a key must not be taken for a path.
        if path.starts_with(['k', '{', '-']) && is_key(path) {
            return Err(node.refuse(FILE_EXPECTED, "what looks like the key itself"));
        }
        Ok(Self::File(PathBuf::from(path)))
    }

    /// Reads the name of an environment variable.
    pub(super) fn env(node: &Node<'_>) -> Result<Self, ConfigError> {
        let name = node.text(ENV_EXPECTED)?;
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if !name.chars().all(is_name) {
            // Not shown: it may be the secret.
            return Err(node.refuse(ENV_EXPECTED, "another string"));
        }
        Ok(Self::Env(name.to_owned()))
    }

    /// Returns the one of several sources that is given in a table; `names` lists their keys.
    pub(super) fn one_of<const N: usize>(
        keys: &Keys<'_>,
        names: &str,
        given: [Option<Self>; N],
    ) -> Result<Self, ConfigError> {
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(source), None) => Ok(source),
            (None, _) => Err(keys.conflict(format!("one of {names} is needed"))),
            (Some(_), Some(_)) => Err(keys.conflict(format!("only one of {names} can be"))),
        }
    }

    /// Returns the path of a file, which may be relative to the configuration.
    pub(super) fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Env(_) | Self::Inline(_) => None,
        }
    }
}

fn is_key(text: &str) -> bool {
    text.starts_with("k4.") || text.starts_with('{') || text.starts_with("-----BEGIN")
}

const ENV_EXPECTED: &str =
    "the name of an environment variable, of capital letters, digits and underscores";
const FILE_EXPECTED: &str = "the path of a file";
