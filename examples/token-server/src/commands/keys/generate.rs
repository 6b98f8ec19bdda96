use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::args::{GenerateOptions, KeyKind};
use crate::files::NewFiles;
use crate::secrets;

/// Makes a key, and writes it to a file or to the standard output.
pub(super) fn run(options: &GenerateOptions) -> Result<ExitCode, Box<dyn Error>> {
    let key = match options.kind {
        KeyKind::Seal => secrets::seal_key()?,
        KeyKind::Signing => secrets::signing_key(options.algorithm)?,
    };
    match &options.out {
        None => io::stdout().write_all(key.as_bytes())?,
        Some(file) => {
            let mut files = NewFiles::default();
            files.write(file, &key, None)?;
            files.keep();
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The extension of a file with a key that signs.
pub(in crate::commands) const PEM: &str = "pem";

/// The extension of a file with a key that seals.
pub(in crate::commands) const SEAL: &str = "key";
