//! `hash-secret`: a secret in, the line for the configuration out.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::terminal::{is_typed, read_secret};
use crate::args::{HashOptions, Holder};
use crate::secrets::{self, HashError};

/// Reads or generates a secret and prints its hash.
pub(crate) fn hash_secret(options: HashOptions) -> Result<ExitCode, Box<dyn Error>> {
    let HashOptions { holder, generate } = options;
    let secret = if generate {
        match holder {
            Holder::Client | Holder::Human => secrets::client_secret()?,
            Holder::User => secrets::password()?,
        }
    } else {
        read(holder)?
    };
    let mut text = Zeroizing::new(String::new());
    if generate {
        text.push_str("# The secret, shown this once:\n# ");
        text.push_str(&secret);
        text.push('\n');
    }
    text.push_str(&line(holder, &secret)?);
    text.push('\n');
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn read(holder: Holder) -> Result<Zeroizing<String>, Box<dyn Error>> {
    let prompt = match holder {
        Holder::Client | Holder::Human => "Secret",
        Holder::User => "Password",
    };
    let secret = read_secret(prompt)?;
    if secret.is_empty() {
        return Err(SecretError::Empty.into());
    }
    // Nobody sees what was typed, so a slip would be found only when a login fails.
    if is_typed() && *secret != *read_secret("Once more")? {
        return Err(SecretError::Different.into());
    }
    if holder == Holder::Client && secret.len() < SHORTEST {
        return Err(SecretError::Short.into());
    }
    Ok(secret)
}

fn line(holder: Holder, secret: &str) -> Result<String, HashError> {
    Ok(match holder {
        Holder::Client => format!("secret_sha256 = \"{}\"", secrets::sha256_hex(secret)),
        Holder::Human => format!("secret_argon2 = \"{}\"", secrets::argon2id(secret)?),
        Holder::User => format!("password_argon2 = \"{}\"", secrets::argon2id(secret)?),
    })
}

/// A secret that is not hashed.
#[derive(Debug, thiserror::Error)]
enum SecretError {
    #[error("the two lines differ")]
    Different,
    #[error("the secret is empty")]
    Empty,
    #[error(
        "the secret is shorter than {SHORTEST} characters, so it may be guessed; --human hashes it \
         more slowly, --generate makes a better one"
    )]
    Short,
}

/// 128 random bits are 22 characters of base64url.
const SHORTEST: usize = 22;
