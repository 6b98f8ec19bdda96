//! `[[clients]]`: the clients and their credentials.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::document::{Keys, Node};
use super::error::ConfigError;
use super::login_page::display_name;
use super::policy::PolicyKeys;
use super::redirect_uri::RedirectUri;
use super::secret::Secret;

/// A client, as the operator registered it.
#[derive(Debug)]
pub(crate) struct ClientKeys {
    pub(crate) id: String,
    /// The name that people are shown.
    pub(crate) name: Option<String>,
    pub(crate) credential: Credential,
    pub(crate) grants: Vec<String>,
    /// Where the browser may be sent after a login. Not empty if and only if the client has
    /// `authorization_code`.
    pub(crate) redirect_uris: Vec<RedirectUri>,
    /// Scope tokens with spaces between; may be empty.
    pub(crate) scope: String,
    /// Never empty, and fits the credential.
    pub(crate) auth_methods: Vec<AuthMethod>,
    pub(crate) enabled: bool,
    /// Whether the client may introspect tokens.
    pub(crate) introspect: bool,
    /// Whether tokens are bound to a key of the client.
    pub(crate) sender_constrained: bool,
    /// The client's own policy, with the keys that it leaves out taken from `[policy]`. `None`: the
    /// server's.
    pub(crate) policy: Option<PolicyKeys>,
}

impl ClientKeys {
    pub(super) fn read(node: &Node<'_>, server: &PolicyKeys) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let credential = Credential::read(&keys)?;
        let id = id(&keys.required("id", ID_EXPECTED)?)?;
        let grants = grants(&keys)?;
        Ok(Self {
            id,
            name: keys.read("name", display_name)?,
            redirect_uris: redirect_uris(&keys, &grants)?,
            grants,
            scope: keys
                .read("scope", |node| node.string(SCOPE_EXPECTED))?
                .unwrap_or_default()
                .to_owned(),
            auth_methods: auth_methods(&keys, &credential)?,
            enabled: keys.read("enabled", Node::boolean)?.unwrap_or(true),
            introspect: introspect(&keys, &credential)?,
            sender_constrained: keys
                .read("sender_constrained", Node::boolean)?
                .unwrap_or(false),
            policy: keys
                .read("policy", PolicyKeys::read)?
                .map(|own| own.over(server)),
            credential,
        })
    }
}

/// The credential of a client.
pub(crate) enum Credential {
    /// A PHC string of argon2id, for a secret that a human chose.
    Argon2(Secret),
    /// The secret itself.
    Plain(Secret),
    /// None: a public client.
    Public,
    /// The digest of a generated secret.
    Sha256([u8; 32]),
}

impl Credential {
    fn read(keys: &Keys<'_>) -> Result<Self, ConfigError> {
        let public = keys
            .read("public", Node::boolean)?
            .filter(|public| *public)
            .map(|_| Self::Public);
        let plain = keys.read("secret", |node| node.secret("the client's secret"))?;
        let sha256 = keys.read("secret_sha256", sha256)?;
        let argon2 = keys.read("secret_argon2", argon2)?;

        let mut given = [
            public,
            plain.map(Self::Plain),
            sha256.map(Self::Sha256),
            argon2.map(Self::Argon2),
        ]
        .into_iter()
        .flatten();
        match (given.next(), given.next()) {
            (Some(credential), None) => Ok(credential),
            (None, _) => Err(keys.conflict(format!("one of {CREDENTIALS} is needed"))),
            (Some(_), Some(_)) => Err(keys.conflict(format!("only one of {CREDENTIALS} can be"))),
        }
    }

    /// Returns the default methods.
    fn usual_methods(&self) -> Vec<AuthMethod> {
        match self {
            Self::Public => vec![AuthMethod::None],
            _ => vec![AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost],
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Argon2(_) => "Argon2(..)",
            Self::Plain(_) => "Plain(..)",
            Self::Public => "Public",
            Self::Sha256(_) => "Sha256(..)",
        })
    }
}

/// A client authentication method, by the name of RFC 7591 §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

/// Reads a PHC string of argon2id, of a client's secret or a user's password.
pub(super) fn argon2(node: &Node<'_>) -> Result<Secret, ConfigError> {
    let text = node.text(ARGON2_EXPECTED)?;
    let parts: Vec<&str> = text.split('$').collect();
    match parts[..] {
        ["", "argon2id", "v=19", params, salt, hash]
            if ![params, salt, hash].contains(&"") && text.is_ascii() =>
        {
            Ok(Secret::new(text))
        }
        _ => Err(node.refuse(ARGON2_EXPECTED, "another string")),
    }
}

fn sha256(node: &Node<'_>) -> Result<[u8; 32], ConfigError> {
    let text = node.text(SHA256_EXPECTED)?;
    let digest = if text.len() == 64 {
        hex(text)
    } else {
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()
    };
    digest
        .and_then(|digest| digest.try_into().ok())
        .ok_or_else(|| node.refuse(SHA256_EXPECTED, "another string"))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match *pair {
            [high, low] => u8::try_from(nibble(high)? << 4 | nibble(low)?).ok(),
            _ => None,
        })
        .collect()
}

/// Reads a client identifier: printable ASCII (RFC 6749 appendix A.1).
fn id(node: &Node<'_>) -> Result<String, ConfigError> {
    let id = node.text(ID_EXPECTED)?;
    if !id.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(node.refuse(ID_EXPECTED, "other characters"));
    }
    Ok(id.to_owned())
}

fn grants(keys: &Keys<'_>) -> Result<Vec<String>, ConfigError> {
    keys.required("grants", "an array of grant types")?;
    // A grant type that nobody serves is rather one that was misspelt.
    keys.read_each("grants", |node| node.word(GRANTS).map(str::to_owned))
}

fn redirect_uris(keys: &Keys<'_>, grants: &[String]) -> Result<Vec<RedirectUri>, ConfigError> {
    let uris = keys.read_each("redirect_uris", RedirectUri::read)?;
    let needed = grants.iter().any(|grant| grant == "authorization_code");
    match (needed, uris.is_empty(), keys.optional("redirect_uris")) {
        (true, true, _) => Err(keys.conflict("authorization_code in grants needs redirect_uris")),
        (false, false, Some(node)) => {
            Err(node.conflict("of no use without authorization_code in grants"))
        }
        _ => Ok(uris),
    }
}

fn auth_methods(keys: &Keys<'_>, credential: &Credential) -> Result<Vec<AuthMethod>, ConfigError> {
    let Some(node) = keys.optional("auth_methods") else {
        return Ok(credential.usual_methods());
    };
    let methods = keys.read_each("auth_methods", |node| node.word(METHODS))?;
    if methods.is_empty() {
        return Err(node.refuse("at least one method", "none"));
    }
    let public = matches!(credential, Credential::Public);
    if methods
        .iter()
        .any(|method| (*method == AuthMethod::None) != public)
    {
        return Err(node.conflict(if public {
            "a public client has no secret to show: only \"none\" can be"
        } else {
            "a client with a secret must show it: \"none\" cannot be"
        }));
    }
    Ok(methods)
}

/// Reads whether a client may introspect. A public one may not: introspection requires
/// authorization (RFC 7662 §2.1).
fn introspect(keys: &Keys<'_>, credential: &Credential) -> Result<bool, ConfigError> {
    let Some(node) = keys.optional("introspect") else {
        return Ok(false);
    };
    let introspect = node.boolean()?;
    if introspect && matches!(credential, Credential::Public) {
        return Err(node.conflict("a public client cannot introspect: anyone can be it"));
    }
    Ok(introspect)
}

pub(super) const KEYS: &[&str] = &[
    "id",
    "name",
    "secret",
    "secret_sha256",
    "secret_argon2",
    "public",
    "grants",
    "redirect_uris",
    "scope",
    "auth_methods",
    "enabled",
    "introspect",
    "sender_constrained",
    "policy",
];

/// The grant types that this server serves.
const GRANTS: &[(&str, &str)] = &[
    ("authorization_code", "authorization_code"),
    ("client_credentials", "client_credentials"),
    ("password", "password"),
    ("refresh_token", "refresh_token"),
];

const METHODS: &[(&str, AuthMethod)] = &[
    ("client_secret_basic", AuthMethod::ClientSecretBasic),
    ("client_secret_post", AuthMethod::ClientSecretPost),
    ("none", AuthMethod::None),
];

const CREDENTIALS: &str = "secret, secret_sha256, secret_argon2, public = true";
const ARGON2_EXPECTED: &str = "a PHC string \"$argon2id$v=19$…$…$…\"";
const ID_EXPECTED: &str = "a client identifier of printable ASCII characters";
const SCOPE_EXPECTED: &str = "scopes with spaces between them";
const SHA256_EXPECTED: &str = "a SHA-256 digest: 64 characters of hex or 43 of base64url";
