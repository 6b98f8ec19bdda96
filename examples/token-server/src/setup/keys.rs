//! `[tokens]`: the keys that sign and seal, read or made.

use std::fs;
use std::path::Path;

use reissue::Keys;
use reissue::key::{self, KeyError, KeyRing, Passphrase, SigningKey, SymmetricKey};
use reissue::token::{Jwt, PasetoLocal, PasetoPublic};
use zeroize::Zeroizing;

use super::SetupError;
use crate::config::{Algorithm, Secret, TokenFormat, TokenKeys};

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

/// The keys of a server, and once more those that seal.
pub(super) fn keys(
    tokens: &TokenKeys,
    issuer: &str,
) -> Result<(Keys, KeyRing<SymmetricKey>, Generated), SetupError> {
    let seal_keys = seal_keys(tokens)?;
    let generated = Generated {
        access: tokens.signing_keys.is_empty(),
        seal: tokens.seal_keys.is_empty(),
    };
    let sealing = seal_keys.clone();
    let keys = match tokens.format {
        TokenFormat::Jwt => Keys::new(Jwt::new(signing_keys(tokens)?), seal_keys),
        TokenFormat::Paseto => {
            let paseto = PasetoPublic::new(signing_keys(tokens)?);
            Keys::new(paseto.map_err(|cause| unusable(SIGNING, cause))?, seal_keys)
        }
        TokenFormat::PasetoLocal => {
            // The same that an API must know to open a token.
            let purpose = format!("access token of {issuer}");
            let access_keys = shared_keys(tokens, &seal_keys)?;
            Keys::new(PasetoLocal::new(access_keys, purpose), seal_keys)
        }
    };
    Ok((keys, sealing, generated))
}

fn seal_keys(tokens: &TokenKeys) -> Result<KeyRing<SymmetricKey>, SetupError> {
    let read = tokens.seal_keys.iter().map(Secret::expose);
    let keys = each(SEAL, read, symmetric_key)?;
    ring(
        SEAL,
        keys,
        SymmetricKey::generate,
        KeyRing::<SymmetricKey>::with_retired,
    )
}

/// The keys that sign access tokens; the first for `alg`.
fn signing_keys(tokens: &TokenKeys) -> Result<KeyRing<SigningKey>, SetupError> {
    let passphrase = tokens.signing_key_passphrase.as_ref();
    let passphrase = passphrase.map(|passphrase| Passphrase::new(passphrase.expose()));
    let algorithm = match tokens.alg {
        Algorithm::EdDsa => key::Algorithm::EdDsa,
        Algorithm::Es256 => key::Algorithm::Es256,
        Algorithm::Rs256 => key::Algorithm::Rs256,
    };
    let keys = each(SIGNING, &tokens.signing_keys, |path, file| {
        let text = read(path, file)?;
        signing_key(&text, passphrase.as_ref()).map_err(|cause| unusable(path, cause))
    })?;
    let found = keys.first().map_or(algorithm, SigningKey::algorithm);
    if found != algorithm {
        return Err(SetupError::Value {
            path: format!("{SIGNING}[0]"),
            expected: format!("a key for {algorithm}, which is tokens.alg; found one for {found}"),
        });
    }
    let generate = || SigningKey::generate(algorithm);
    ring(SIGNING, keys, generate, KeyRing::<SigningKey>::with_retired)
}

/// The keys of `v4.local` access tokens. Every API has them, so they must not open refresh tokens too.
fn shared_keys(
    tokens: &TokenKeys,
    seal_keys: &KeyRing<SymmetricKey>,
) -> Result<KeyRing<SymmetricKey>, SetupError> {
    let keys = each(SIGNING, &tokens.signing_keys, |path, file| {
        let key = symmetric_key(path, &read(path, file)?)?;
        if seal_keys.find(key.key_id()).is_some() {
            return Err(SetupError::Value {
                path: path.to_owned(),
                expected: "another key than in tokens.seal_keys, for APIs have this one".to_owned(),
            });
        }
        Ok(key)
    })?;
    ring(
        SIGNING,
        keys,
        SymmetricKey::generate,
        KeyRing::<SymmetricKey>::with_retired,
    )
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

/// The elements of the array at `path`, each as `read` understands it.
fn each<I, T>(
    path: &str,
    elements: I,
    mut read: impl FnMut(&str, I::Item) -> Result<T, SetupError>,
) -> Result<Vec<T>, SetupError>
where
    I: IntoIterator,
{
    elements
        .into_iter()
        .enumerate()
        .map(|(index, element)| read(&format!("{path}[{index}]"), element))
        .collect()
}

/// The first key is active, the others are retired; a new one, if there is none.
fn ring<K>(
    path: &str,
    keys: Vec<K>,
    generate: impl FnOnce() -> Result<K, KeyError>,
    with_retired: impl Fn(KeyRing<K>, K) -> Result<KeyRing<K>, KeyError>,
) -> Result<KeyRing<K>, SetupError> {
    let mut keys = keys.into_iter();
    let active = keys.next().map_or_else(generate, Ok);
    active
        .and_then(|active| keys.try_fold(KeyRing::new(active), with_retired))
        .map_err(|cause| unusable(path, cause))
}

fn unusable(path: &str, cause: KeyError) -> SetupError {
    SetupError::Key {
        path: path.to_owned(),
        cause,
    }
}

const SEAL: &str = "tokens.seal_keys";
const SIGNING: &str = "tokens.signing_keys";
