//! The keys, from files.

use std::error::Error;
use std::fs;
use std::path::Path;

use reissue::Keys;
use reissue::key::{KeyRing, SigningKey, SymmetricKey};
use reissue::token::Jwt;

/// Loads `signing.pem`, which signs access tokens, and `seal.paserk`, which encrypts refresh
/// tokens.
pub(crate) fn load(folder: impl AsRef<Path>) -> Result<Keys, Box<dyn Error>> {
    let read = |name: &str| {
        let path = folder.as_ref().join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let signing = SigningKey::from_pem(&read("signing.pem")?, None)?;
    let seal = SymmetricKey::from_paserk(read("seal.paserk")?.trim())?;
    Ok(Keys::new(
        Jwt::new(KeyRing::new(signing)),
        KeyRing::new(seal),
    ))
}
