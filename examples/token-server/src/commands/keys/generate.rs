use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use reissue::key::{Algorithm, KeyError, SigningKey, SymmetricKey};
use zeroize::Zeroizing;

use crate::args::{GenerateOptions, KeyKind};
use crate::files::NewFiles;

/// Makes a key, and writes it to a file or to the standard output.
pub(super) fn run(options: &GenerateOptions) -> Result<ExitCode, Box<dyn Error>> {
    let key = match options.kind {
        KeyKind::Seal => new_seal_key()?,
        KeyKind::Signing => new_signing_key(options.algorithm)?,
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

/// Returns a new key that signs, as PEM.
pub(in crate::commands) fn new_signing_key(
    algorithm: Algorithm,
) -> Result<Zeroizing<String>, KeyError> {
    let pem = SigningKey::generate(algorithm)?.to_pem()?;
    Ok(Zeroizing::new(pem.expose().to_owned()))
}

/// Returns a new key that seals, as PASERK in a line.
pub(in crate::commands) fn new_seal_key() -> Result<Zeroizing<String>, KeyError> {
    let paserk = SymmetricKey::generate()?.expose_paserk();
    Ok(Zeroizing::new(format!("{}\n", paserk.expose())))
}

/// The extension of a file with a key that signs.
pub(in crate::commands) const PEM: &str = "pem";

/// The extension of a file with a key that seals.
pub(in crate::commands) const SEAL: &str = "key";
