//! `[tokens]`: the keys that sign and seal, read or made.

use reissue::key::{self, KeyError, KeyRing, Passphrase, SigningKey, SymmetricKey};
use reissue::token::{Jwt, PasetoLocal, PasetoPublic};
use reissue::{Keys, Timestamp};

use super::SetupError;
use super::schedule::{self, Schedule};
use super::source;
use crate::config::{Algorithm, Config, Source, StoreUrl, TokenFormat, TokenKeys};
use crate::findings::Findings;

/// The keys that were made at start, because the configuration has none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generated {
    access: bool,
    seal: bool,
}

impl Generated {
    /// Returns what was generated, as the start of a sentence; `None` for nothing.
    pub(crate) fn what(self) -> Option<&'static str> {
        match (self.access, self.seal) {
            (true, true) => Some("The keys of access and refresh tokens were generated"),
            (true, false) => Some("The key of access tokens was generated"),
            (false, true) => Some("The key of refresh tokens was generated"),
            (false, false) => None,
        }
    }
}

/// Returns the keys of a server at its start, and once more those that seal.
pub(super) fn keys(
    tokens: &TokenKeys,
    issuer: &str,
    now: Timestamp,
) -> Result<(Keys, KeyRing<SymmetricKey>, Generated), SetupError> {
    let seal_keys = seal_keys(tokens)?;
    let access_keys = access_keys(tokens, &seal_keys)?;
    let seal_keys = symmetric_ring(SEAL, seal_keys, now)?;
    let generated = Generated {
        access: tokens.signing_keys.is_empty(),
        seal: tokens.seal_keys.is_empty(),
    };
    let sealing = seal_keys.clone();
    let keys = match access_keys {
        AccessKeys::Shared(keys) => {
            // The same that an API must know to open a token.
            let purpose = format!("access token of {issuer}");
            let keys = symmetric_ring(SIGNING, keys, now)?;
            Keys::new(PasetoLocal::new(keys, purpose), seal_keys)
        }
        AccessKeys::Signing(keys) => {
            let keys = signing_ring(tokens, keys, now)?;
            match tokens.format {
                TokenFormat::Jwt => Keys::new(Jwt::new(keys), seal_keys),
                TokenFormat::Paseto | TokenFormat::PasetoLocal => {
                    let paseto = PasetoPublic::new(keys);
                    Keys::new(paseto.map_err(|cause| unusable(SIGNING, cause))?, seal_keys)
                }
            }
        }
    };
    Ok((keys, sealing, generated))
}

/// The keys of access tokens, as they were read.
pub(super) enum AccessKeys {
    /// For `v4.local`.
    Shared(Schedule<SymmetricKey>),
    /// For formats with a signature.
    Signing(Schedule<SigningKey>),
}

/// Reports which keys are missing, which are yet to be used, and which of them too soon.
pub(super) fn report(config: &Config, now: Timestamp, findings: &mut Findings) {
    let tokens = &config.tokens;
    let is_kept = !matches!(config.store, Some(StoreUrl::Memory));
    for (path, keys) in [(SIGNING, &tokens.signing_keys), (SEAL, &tokens.seal_keys)] {
        if keys.is_empty() && is_kept {
            findings.note(format!(
                "{path}: none, so the first start makes a key in the data folder; servers that \
                 share a store need the same keys"
            ));
        } else if keys.is_empty() {
            findings.warn(format!(
                "{path}: none, so each start makes a key, and no token survives a restart"
            ));
        }
    }
    let lead = tokens.jwks_max_age;
    schedule::report(SEAL, &tokens.seal_keys, now, lead, RESTARTED, findings);
    let otherwise = match tokens.format {
        TokenFormat::Jwt | TokenFormat::Paseto => FETCHED,
        TokenFormat::PasetoLocal => RESTARTED,
    };
    schedule::report(
        SIGNING,
        &tokens.signing_keys,
        now,
        lead,
        otherwise,
        findings,
    );
}

/// Reads the keys that seal refresh tokens.
pub(super) fn seal_keys(tokens: &TokenKeys) -> Result<Schedule<SymmetricKey>, SetupError> {
    schedule::read(SEAL, &tokens.seal_keys, symmetric_key)
}

/// Reads the keys of access tokens.
pub(super) fn access_keys(
    tokens: &TokenKeys,
    seal_keys: &Schedule<SymmetricKey>,
) -> Result<AccessKeys, SetupError> {
    match tokens.format {
        TokenFormat::Jwt | TokenFormat::Paseto => signing_keys(tokens).map(AccessKeys::Signing),
        TokenFormat::PasetoLocal => shared_keys(tokens, seal_keys).map(AccessKeys::Shared),
    }
}

/// Reads the keys that sign access tokens; the one that is used in the end is for `alg`.
fn signing_keys(tokens: &TokenKeys) -> Result<Schedule<SigningKey>, SetupError> {
    let passphrase = match &tokens.signing_key_passphrase {
        None => None,
        Some(source) => {
            let text = source::read(PASSPHRASE, source)?;
            Some(Passphrase::new(text.as_str()))
        }
    };
    let algorithm = token_algorithm(tokens.alg);
    let keys = schedule::read(SIGNING, &tokens.signing_keys, |path, source| {
        let text = source::read(path, source)?;
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
    Ok(keys)
}

/// Reads the keys of `v4.local` access tokens. Every API has them, so they must not open refresh
/// tokens too.
fn shared_keys(
    tokens: &TokenKeys,
    seal_keys: &Schedule<SymmetricKey>,
) -> Result<Schedule<SymmetricKey>, SetupError> {
    schedule::read(SIGNING, &tokens.signing_keys, |path, source| {
        let key = symmetric_key(path, source)?;
        let mut others = seal_keys.iter();
        if others.any(|(other, _)| other.key_id() == key.key_id()) {
            return Err(SetupError::Value {
                path: path.to_owned(),
                expected: "another key than in tokens.seal_keys, for APIs have this one".to_owned(),
            });
        }
        Ok(key)
    })
}

fn signing_ring(
    tokens: &TokenKeys,
    keys: Schedule<SigningKey>,
    now: Timestamp,
) -> Result<KeyRing<SigningKey>, SetupError> {
    let generate = || SigningKey::generate(token_algorithm(tokens.alg));
    let build = KeyRing::<SigningKey>::from_schedule;
    schedule::ring(SIGNING, keys, now, generate, build)
}

fn symmetric_ring(
    path: &str,
    keys: Schedule<SymmetricKey>,
    now: Timestamp,
) -> Result<KeyRing<SymmetricKey>, SetupError> {
    let build = KeyRing::<SymmetricKey>::from_schedule;
    schedule::ring(path, keys, now, SymmetricKey::generate, build)
}

fn symmetric_key(path: &str, source: &Source) -> Result<SymmetricKey, SetupError> {
    let paserk = source::read(path, source)?;
    SymmetricKey::from_paserk(&paserk).map_err(|cause| unusable(path, cause))
}

/// Returns the algorithm by its name in the configuration.
pub(crate) fn token_algorithm(algorithm: Algorithm) -> key::Algorithm {
    match algorithm {
        Algorithm::EdDsa => key::Algorithm::EdDsa,
        Algorithm::Es256 => key::Algorithm::Es256,
        Algorithm::Rs256 => key::Algorithm::Rs256,
    }
}

/// Parses a private key in any of its forms.
fn signing_key(text: &str, passphrase: Option<&Passphrase>) -> Result<SigningKey, KeyError> {
    match text {
        jwk if jwk.starts_with('{') => SigningKey::from_jwk(jwk),
        paserk if paserk.starts_with("k4.") => SigningKey::from_paserk(paserk),
        pem => SigningKey::from_pem(pem, passphrase),
    }
}

fn unusable(path: &str, cause: KeyError) -> SetupError {
    SetupError::Key {
        path: path.to_owned(),
        cause,
    }
}

const PASSPHRASE: &str = "tokens.signing_key_passphrase";
const SEAL: &str = "tokens.seal_keys";
const SIGNING: &str = "tokens.signing_keys";

/// What happens if verifiers learn of a key too late.
const FETCHED: &str = "verifiers that fetched the keys before this server, or any other, had this \
    one may deny its tokens until jwks_max_age has passed";

/// What happens if another server learns of a key too late.
const RESTARTED: &str = "whoever does not have the key by then denies its tokens";
