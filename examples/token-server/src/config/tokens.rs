//! `[tokens]`: what tokens look like, and the keys that make them.

use std::path::PathBuf;
use std::time::Duration;

use super::document::{Keys, Node};
use super::duration;
use super::error::ConfigError;
use super::schedule::{self, ScheduledKey, Table};
use super::secret::Secret;

/// The format of access tokens, and all keys.
#[derive(Debug, Default)]
pub(crate) struct TokenKeys {
    pub(crate) format: TokenFormat,
    pub(crate) alg: Algorithm,
    /// They sign one after the other, and all verify. None: make one at start.
    pub(crate) signing_keys: Vec<ScheduledKey<PathBuf>>,
    pub(crate) signing_key_passphrase: Option<Secret>,
    /// PASERK `k4.local`. They seal one after the other, and all open. None: make one at start.
    pub(crate) seal_keys: Vec<ScheduledKey<Secret>>,
    /// How long verifiers may keep the public keys.
    pub(crate) jwks_max_age: Option<Duration>,
    /// How long an authorization code is good for.
    pub(crate) code_ttl: Option<Duration>,
    /// Whether revoking an access token ends its session.
    pub(crate) access_token_revokes_session: bool,
}

impl TokenKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let format = keys.read("format", |node| node.word(FORMATS))?;
        Ok(Self {
            format: format.unwrap_or_default(),
            alg: algorithm(&keys, format.unwrap_or_default())?,
            signing_keys: schedule::read(&keys, "signing_keys", &SIGNING_KEY, |node| {
                node.text("the path of a key file").map(PathBuf::from)
            })?,
            signing_key_passphrase: passphrase(&keys)?,
            seal_keys: schedule::read(&keys, "seal_keys", &SEAL_KEY, seal_key)?,
            jwks_max_age: keys.read("jwks_max_age", |node| {
                duration::at_most(node, LONGEST_JWKS_MAX_AGE)
            })?,
            code_ttl: keys.read("code_ttl", |node| {
                duration::positive_at_most(node, LONGEST_CODE_TTL)
            })?,
            access_token_revokes_session: keys
                .read("access_token_revokes_session", Node::boolean)?
                .unwrap_or_default(),
        })
    }
}

/// What an access token is.
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

/// How an access token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Algorithm {
    #[default]
    EdDsa,
    Es256,
    Rs256,
}

/// PASETO v4 knows one algorithm, so another one next to it is a misunderstanding.
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

fn passphrase(keys: &Keys<'_>) -> Result<Option<Secret>, ConfigError> {
    let Some(node) = keys.optional("signing_key_passphrase") else {
        return Ok(None);
    };
    let passphrase = node.secret("the passphrase of the signing keys")?;
    if keys.optional("signing_keys").is_none() {
        return Err(node.conflict("there is no signing_keys that it could open"));
    }
    Ok(Some(passphrase))
}

fn seal_key(node: &Node<'_>) -> Result<Secret, ConfigError> {
    let text = node.text(SEAL_KEY_EXPECTED)?;
    let key = text.strip_prefix("k4.local.").unwrap_or_default();
    // 32 bytes of base64url.
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if key.len() != 43 || !key.chars().all(is_key) {
        return Err(node.refuse(SEAL_KEY_EXPECTED, "another string"));
    }
    Ok(Secret::new(text))
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

pub(super) const SIGNING_KEY: Table = Table {
    key: "file",
    keys: &["file", "used_from"],
};

pub(super) const SEAL_KEY: Table = Table {
    key: "key",
    keys: &["key", "used_from"],
};

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
