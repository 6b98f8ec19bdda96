//! `[[users]]`: who may log in with a password.

use super::client::argon2;
use super::document::Node;
use super::error::ConfigError;
use super::secret::Secret;

/// A user.
#[derive(Debug)]
pub(crate) struct UserKeys {
    pub(crate) name: String,
    pub(crate) password: Password,
    pub(crate) disabled: bool,
}

impl UserKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let plain = keys.read("password", |node| node.secret("the user's password"))?;
        let hash = keys.read("password_argon2", argon2)?;
        Ok(Self {
            name: keys
                .required("name", NAME_EXPECTED)?
                .text(NAME_EXPECTED)?
                .to_owned(),
            password: match (plain, hash) {
                (Some(plain), None) => Password::Plain(plain),
                (None, Some(hash)) => Password::Argon2(hash),
                (None, None) => {
                    return Err(keys.conflict("one of password, password_argon2 is needed"));
                }
                (Some(_), Some(_)) => {
                    return Err(keys.conflict("only one of password, password_argon2 can be"));
                }
            },
            disabled: keys.read("disabled", Node::boolean)?.unwrap_or(false),
        })
    }
}

/// What a password is compared with.
#[derive(Debug)]
pub(crate) enum Password {
    /// A PHC string of argon2id.
    Argon2(Secret),
    /// The password itself.
    Plain(Secret),
}

pub(super) const KEYS: &[&str] = &["name", "password", "password_argon2", "disabled"];

const NAME_EXPECTED: &str = "the name that the user logs in with";
