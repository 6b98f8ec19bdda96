//! Reading a secret from where the configuration says that it is.

use std::path::Path;
use std::{env, fs};

use zeroize::Zeroizing;

use super::SetupError;
use crate::config::Source;

/// Returns the secret of the key at `path`; of a file or a variable without white space around it.
pub(super) fn read(path: &str, source: &Source) -> Result<Zeroizing<String>, SetupError> {
    let text = match source {
        Source::Env(name) => variable(path, name)?,
        Source::File(file) => file_text(path, file)?,
        Source::Inline(secret) => return Ok(Zeroizing::new(secret.expose().to_owned())),
    };
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.trim().to_owned()))
}

fn variable(path: &str, name: &str) -> Result<String, SetupError> {
    env::var(name).map_err(|cause| SetupError::Variable {
        path: path.to_owned(),
        name: name.to_owned(),
        problem: match cause {
            env::VarError::NotPresent => "is not set",
            env::VarError::NotUnicode(_) => "is not text",
        },
    })
}

fn file_text(path: &str, file: &Path) -> Result<String, SetupError> {
    fs::read_to_string(file).map_err(|cause| SetupError::KeyFile {
        path: path.to_owned(),
        file: file.to_owned(),
        cause,
    })
}
