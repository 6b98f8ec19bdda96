//! `[tokens]`: what tokens look like, and the keys that make them.

use std::path::PathBuf;
use std::time::Duration;

use super::document::{Keys, Node};
use super::duration;
use super::error::ConfigError;
use super::schedule::{self, Element, ScheduledKey};
use super::secret::Secret;
use super::source::Source;

/// The format of access tokens, the keys, and how long others may keep things.
#[derive(Debug)]
pub(crate) struct TokenKeys {
    pub(crate) format: TokenFormat,
    pub(crate) alg: Algorithm,
    /// They sign one after the other, and all verify. Empty: one is made at start.
    pub(crate) signing_keys: Vec<ScheduledKey>,
    pub(crate) signing_key_passphrase: Option<Source>,
    /// PASERK `k4.local`. They seal one after the other, and all open. Empty: one is made at start.
    pub(crate) seal_keys: Vec<ScheduledKey>,
    /// How long verifiers may keep the public keys.
    pub(crate) jwks_max_age: Duration,
    /// How long an authorization code is valid.
    pub(crate) code_ttl: Duration,
    /// Whether revoking an access token ends its session.
    pub(crate) access_token_revokes_session: bool,
}

impl TokenKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        let format = keys.read("format", |node| node.word(FORMATS))?;
        Ok(Self {
            format: format.unwrap_or_default(),
            alg: algorithm(&keys, format.unwrap_or_default())?,
            signing_keys: schedule::read(&keys, "signing_keys", &SIGNING_KEY)?,
            signing_key_passphrase: passphrase(&keys)?,
            seal_keys: schedule::read(&keys, "seal_keys", &SEAL_KEY)?,
            jwks_max_age: keys
                .read("jwks_max_age", |node| {
                    duration::at_most(node, LONGEST_JWKS_MAX_AGE)
                })?
                .unwrap_or(defaults.jwks_max_age),
            code_ttl: keys
                .read("code_ttl", |node| {
                    duration::positive_at_most(node, LONGEST_CODE_TTL)
                })?
                .unwrap_or(defaults.code_ttl),
            access_token_revokes_session: keys
                .read("access_token_revokes_session", Node::boolean)?
                .unwrap_or_default(),
        })
    }
}

impl TokenKeys {
    /// Returns every path of a secret that may be relative.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let keys = self.signing_keys.iter_mut().chain(&mut self.seal_keys);
        keys.map(|scheduled| &mut scheduled.key)
            .chain(&mut self.signing_key_passphrase)
            .filter_map(Source::path_mut)
    }
}

impl Default for TokenKeys {
    fn default() -> Self {
        Self {
            format: TokenFormat::default(),
            alg: Algorithm::default(),
            signing_keys: Vec::new(),
            signing_key_passphrase: None,
            seal_keys: Vec::new(),
            jwks_max_age: Duration::from_secs(5 * 60),
            code_ttl: Duration::from_secs(60),
            access_token_revokes_session: false,
        }
    }
}

/// The format of access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TokenFormat {
    /// A JWT per RFC 9068.
    #[default]
    Jwt,
    /// PASETO `v4.public`.
    Paseto,
    /// PASETO `v4.local`, for APIs that share a key with the server.
    PasetoLocal,
}

/// The algorithm that signs access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Algorithm {
    #[default]
    EdDsa,
    Es256,
    Rs256,
}

/// Reads the algorithm. PASETO v4 has one, so another one beside it is a mistake.
fn algorithm(keys: &Keys<'_>, format: TokenFormat) -> Result<Algorithm, ConfigError> {
    let Some(node) = keys.optional("alg") else {
        return Ok(Algorithm::default());
    };
    let alg = node.word(ALGORITHMS)?;
    if format != TokenFormat::Jwt && alg != Algorithm::EdDsa {
        return Err(node.conflict("only format = \"jwt\" has a choice of algorithm"));
    }
    Ok(alg)
}

fn passphrase(keys: &Keys<'_>) -> Result<Option<Source>, ConfigError> {
    let Some(node) = keys.optional("signing_key_passphrase") else {
        return Ok(None);
    };
    let passphrase = if node.is_table() {
        let members = node.table(PASSPHRASE_KEYS)?;
        let file = members.read("file", Source::file)?;
        let env = members.read("env", Source::env)?;
        Source::one_of(&members, "file, env", [file, env])?
    } else {
        Source::Inline(node.secret("the passphrase of the signing keys")?)
    };
    if keys.optional("signing_keys").is_none() {
        return Err(node.conflict("there is no signing_keys that it could open"));
    }
    Ok(Some(passphrase))
}

fn signing_key(keys: &Keys<'_>) -> Result<Source, ConfigError> {
    let file = keys.read("file", Source::file)?;
    let env = keys.read("env", Source::env)?;
    Source::one_of(keys, "file, env", [file, env])
}

fn seal_key(keys: &Keys<'_>) -> Result<Source, ConfigError> {
    let inline = keys.read("key", inline_seal_key)?;
    let file = keys.read("file", Source::file)?;
    let env = keys.read("env", Source::env)?;
    Source::one_of(keys, "key, file, env", [inline, file, env])
}

fn inline_seal_key(node: &Node<'_>) -> Result<Source, ConfigError> {
    let text = node.text(SEAL_KEY_EXPECTED)?;
    let key = text.strip_prefix("k4.local.").unwrap_or_default();
    // 32 bytes of base64url.
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if key.len() != 43 || !key.chars().all(is_key) {
        return Err(node.refuse(SEAL_KEY_EXPECTED, "another string"));
    }
    Ok(Source::Inline(Secret::new(text)))
}

pub(super) const KEYS: &[&str] = &[
    "format",
    "alg",
    "signing_keys",
    "signing_key_passphrase",
    "seal_keys",
    "jwks_max_age",
    "code_ttl",
    "access_token_revokes_session",
];

pub(super) const SIGNING_KEY: Element = Element {
    text: Source::file,
    known: &["file", "env", "used_from"],
    table: signing_key,
};

pub(super) const SEAL_KEY: Element = Element {
    text: inline_seal_key,
    known: &["key", "file", "env", "used_from"],
    table: seal_key,
};

pub(super) const PASSPHRASE_KEYS: &[&str] = &["file", "env"];

/// A key that has leaked must be forgotten some time.
const LONGEST_JWKS_MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// An honest client redeems a code at once.
const LONGEST_CODE_TTL: Duration = Duration::from_secs(60);

const FORMATS: &[(&str, TokenFormat)] = &[
    ("jwt", TokenFormat::Jwt),
    ("paseto", TokenFormat::Paseto),
    ("paseto-local", TokenFormat::PasetoLocal),
];

const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("EdDSA", Algorithm::EdDsa),
    ("ES256", Algorithm::Es256),
    ("RS256", Algorithm::Rs256),
];

const SEAL_KEY_EXPECTED: &str = "a PASERK of the form \"k4.local.…\" with 43 characters of key";
