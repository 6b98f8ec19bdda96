//! `[[users]]`.

use reissue::client::SecretHash;

use super::SetupError;
use super::clients::ARGON2_EXPECTED;
use crate::config::{Password, UserKeys};
use crate::users::{User, UserHash, Users};

/// Returns the users.
pub(super) fn users(users: &[UserKeys]) -> Result<Users, SetupError> {
    users
        .iter()
        .enumerate()
        .map(|(index, keys)| Ok((keys.name.clone(), user(index, keys)?)))
        .collect::<Result<_, _>>()
        .map(Users::new)
}

fn user(index: usize, keys: &UserKeys) -> Result<User, SetupError> {
    let hash = match &keys.password {
        Password::Argon2(phc) => SecretHash::from_argon2id(phc.expose())
            .map(UserHash::Slow)
            .map_err(|_| SetupError::Value {
                path: format!("users[{index}].password_argon2"),
                expected: ARGON2_EXPECTED.to_owned(),
            })?,
        // Plain text in the file needs no slow hash to protect it from whoever reads the memory.
        Password::Plain(password) => UserHash::Fast(SecretHash::sha256(password.expose())),
    };
    Ok(User {
        hash,
        disabled: keys.disabled,
    })
}
