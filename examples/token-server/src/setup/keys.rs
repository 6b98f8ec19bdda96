//! `[tokens]`: the keys that sign and seal, read or made.

use std::fs;
use std::path::Path;
use std::time::Duration;

use reissue::key::{self, KeyError, KeyRing, Passphrase, SigningKey, SymmetricKey};
use reissue::token::{Jwt, PasetoLocal, PasetoPublic};
use reissue::{Keys, Timestamp};
use zeroize::Zeroizing;

use super::SetupError;
use super::schedule::{self, Schedule};
use crate::config::{Algorithm, TokenFormat, TokenKeys};

/// Which keys were made at start, because the configuration names none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generated {
    access: bool,
    seal: bool,
}

impl Generated {
    /// What was generated, as the start of a sentence; `None` for nothing.
    pub(crate) fn what(self) -> Option<&'static str> {
        match (self.access, self.seal) {
            (true, true) => Some("The keys of access and refresh tokens were generated"),
            (true, false) => Some("The key of access tokens was generated"),
            (false, true) => Some("The key of refresh tokens was generated"),
            (false, false) => None,
        }
    }
}

/// The keys of a server at its start, and once more those that seal.
pub(super) fn keys(
    tokens: &TokenKeys,
    issuer: &str,
    now: Timestamp,
) -> Result<(Keys, KeyRing<SymmetricKey>, Generated), SetupError> {
    let seal_keys = seal_keys(tokens, now)?;
    let generated = Generated {
        access: tokens.signing_keys.is_empty(),
        seal: tokens.seal_keys.is_empty(),
    };
    let sealing = seal_keys.clone();
    let keys = match tokens.format {
        TokenFormat::Jwt => Keys::new(Jwt::new(signing_keys(tokens, now)?), seal_keys),
        TokenFormat::Paseto => {
            let paseto = PasetoPublic::new(signing_keys(tokens, now)?);
            Keys::new(paseto.map_err(|cause| unusable(SIGNING, cause))?, seal_keys)
        }
        TokenFormat::PasetoLocal => {
            // The same that an API must know to open a token.
            let purpose = format!("access token of {issuer}");
            let access_keys = shared_keys(tokens, &seal_keys, now)?;
            Keys::new(PasetoLocal::new(access_keys, purpose), seal_keys)
        }
    };
    Ok((keys, sealing, generated))
}

/// Logs which keys are yet to be used, and which of them too soon.
pub(super) fn log(tokens: &TokenKeys, jwks_max_age: Duration, now: Timestamp) {
    schedule::log(SEAL, &tokens.seal_keys, now, jwks_max_age, RESTARTED);
    let otherwise = match tokens.format {
        TokenFormat::Jwt | TokenFormat::Paseto => FETCHED,
        TokenFormat::PasetoLocal => RESTARTED,
    };
    schedule::log(SIGNING, &tokens.signing_keys, now, jwks_max_age, otherwise);
}

fn seal_keys(tokens: &TokenKeys, now: Timestamp) -> Result<KeyRing<SymmetricKey>, SetupError> {
    let keys = schedule::read(SEAL, &tokens.seal_keys, |path, key| {
        symmetric_key(path, key.expose())
    })?;
    symmetric_ring(SEAL, keys, now)
}

/// The keys that sign access tokens; the one that is used in the end is for `alg`.
fn signing_keys(tokens: &TokenKeys, now: Timestamp) -> Result<KeyRing<SigningKey>, SetupError> {
    let passphrase = tokens.signing_key_passphrase.as_ref();
    let passphrase = passphrase.map(|passphrase| Passphrase::new(passphrase.expose()));
    let algorithm = match tokens.alg {
        Algorithm::EdDsa => key::Algorithm::EdDsa,
        Algorithm::Es256 => key::Algorithm::Es256,
        Algorithm::Rs256 => key::Algorithm::Rs256,
    };
    let keys = schedule::read(SIGNING, &tokens.signing_keys, |path, file| {
        let text = read(path, file)?;
        signing_key(&text, passphrase.as_ref()).map_err(|cause| unusable(path, cause))
    })?;
    if let Some(last) = schedule::last(&keys) {
        let found = keys[last].0.algorithm();
        if found != algorithm {
            return Err(SetupError::Value {
                path: format!("{SIGNING}[{last}]"),
                expected: format!(
                    "a key for {algorithm}, which is tokens.alg; found one for {found}"
                ),
            });
        }
    }
    let generate = || SigningKey::generate(algorithm);
    let build = KeyRing::<SigningKey>::from_schedule;
    schedule::ring(SIGNING, keys, now, generate, build)
}

/// The keys of `v4.local` access tokens. Every API has them, so they must not open refresh tokens too.
fn shared_keys(
    tokens: &TokenKeys,
    seal_keys: &KeyRing<SymmetricKey>,
    now: Timestamp,
) -> Result<KeyRing<SymmetricKey>, SetupError> {
    let keys = schedule::read(SIGNING, &tokens.signing_keys, |path, file| {
        let key = symmetric_key(path, &read(path, file)?)?;
        if seal_keys.find(key.key_id()).is_some() {
            return Err(SetupError::Value {
                path: path.to_owned(),
                expected: "another key than in tokens.seal_keys, for APIs have this one".to_owned(),
            });
        }
        Ok(key)
    })?;
    symmetric_ring(SIGNING, keys, now)
}

fn symmetric_ring(
    path: &str,
    keys: Schedule<SymmetricKey>,
    now: Timestamp,
) -> Result<KeyRing<SymmetricKey>, SetupError> {
    let build = KeyRing::<SymmetricKey>::from_schedule;
    schedule::ring(path, keys, now, SymmetricKey::generate, build)
}

fn symmetric_key(path: &str, paserk: &str) -> Result<SymmetricKey, SetupError> {
    SymmetricKey::from_paserk(paserk.trim()).map_err(|cause| unusable(path, cause))
}

/// A private key in whichever form it was written.
fn signing_key(text: &str, passphrase: Option<&Passphrase>) -> Result<SigningKey, KeyError> {
    match text.trim() {
        jwk if jwk.starts_with('{') => SigningKey::from_jwk(jwk),
        paserk if paserk.starts_with("k4.") => SigningKey::from_paserk(paserk),
        pem => SigningKey::from_pem(pem, passphrase),
    }
}

fn read(path: &str, file: &Path) -> Result<Zeroizing<String>, SetupError> {
    fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|cause| SetupError::KeyFile {
            path: path.to_owned(),
            file: file.to_owned(),
            cause,
        })
}

fn unusable(path: &str, cause: KeyError) -> SetupError {
    SetupError::Key {
        path: path.to_owned(),
        cause,
    }
}

const SEAL: &str = "tokens.seal_keys";
const SIGNING: &str = "tokens.signing_keys";

/// What happens if verifiers learn of a key too late.
const FETCHED: &str = "verifiers that fetched the keys before this server, or any other, had this \
    one may deny its tokens until jwks_max_age has passed";

/// What happens if another server learns of a key too late.
const RESTARTED: &str = "whoever does not have the key by then denies its tokens";
