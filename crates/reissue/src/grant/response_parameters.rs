//! Response parameters, which an application adds to token responses (RFC 6749 §8.2).

use std::collections::BTreeMap;
use std::fmt;

use crate::json::Json;

/// Parameters that an application adds to a token response, by name, such as `id_token`, each with
/// any JSON value. Parameters of RFC 6749 itself cannot be added.
///
/// They follow those of RFC 6749, in ascending order of their names. They belong to one response
/// and are not stored with the session; the [hook](crate::hook) can add some on every refresh.
///
/// ```
/// use reissue::ResponseParameters;
///
/// let mut parameters = ResponseParameters::default();
/// parameters.insert("tenant", "blue").unwrap();
/// assert!(parameters.insert("scope", "everything").is_err());
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct ResponseParameters(BTreeMap<String, Json>);

impl ResponseParameters {
    /// Sets a parameter to a JSON value.
    ///
    /// # Errors
    ///
    /// [`InvalidParameter`] for a name that RFC 6749 §5.1 or §5.2 gives a meaning, and for a value
    /// of more than [`Json::MAX_DEPTH`] levels.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Json>,
    ) -> Result<(), InvalidParameter> {
        let name = name.into();
        if RESERVED.contains(&name.as_str()) {
            return Err(InvalidParameter::Reserved { name });
        }
        let value = value.into();
        if !value.is_within(Json::MAX_DEPTH) {
            return Err(InvalidParameter::TooDeep { name });
        }
        self.0.insert(name, value);
        Ok(())
    }

    /// Returns the value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// Returns whether there are no parameters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all parameters in ascending order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// Shows the names only, because a value may be a token.
impl fmt::Debug for ResponseParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The error for a response parameter that cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidParameter {
    /// The parameter is defined by RFC 6749, and the server sets it.
    #[error("the response parameter {name} is filled by the server")]
    Reserved {
        /// Its name.
        name: String,
    },
    /// Arrays and objects are nested deeper than [`Json::MAX_DEPTH`].
    #[error("the response parameter {name} has more than 32 levels")]
    TooDeep {
        /// Its name.
        name: String,
    },
}

/// RFC 6749 §5.1 and §5.2.
const RESERVED: [&str; 8] = [
    "access_token",
    "error",
    "error_description",
    "error_uri",
    "expires_in",
    "refresh_token",
    "scope",
    "token_type",
];
