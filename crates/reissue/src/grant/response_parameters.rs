//! Response parameters: what a host adds to the answer beside the tokens (RFC 6749 §8.2).

use std::collections::BTreeMap;
use std::fmt;

use super::Claim;

/// What a host adds to a token response, by name, such as an `id_token`. None of them is one of RFC 6749's own.
///
/// They stand after those in the JSON object, in ascending order of their names. They belong to one response: nothing of
/// them is in the session, so what every refresh is to answer comes from the [hook](crate::hook).
///
/// ```
/// use reissue::ResponseParameters;
///
/// let mut parameters = ResponseParameters::default();
/// parameters.insert("tenant", "blue").unwrap();
/// assert!(parameters.insert("scope", "everything").is_err());
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct ResponseParameters(BTreeMap<String, Claim>);

impl ResponseParameters {
    /// Sets a parameter.
    ///
    /// # Errors
    ///
    /// [`ReservedParameter`] for a name that RFC 6749 §5.1 or §5.2 gives a meaning.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Claim>,
    ) -> Result<(), ReservedParameter> {
        let name = name.into();
        if RESERVED.contains(&name.as_str()) {
            return Err(ReservedParameter { name });
        }
        self.0.insert(name, value.into());
        Ok(())
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Claim> {
        self.0.get(name)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All parameters in ascending order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The names only: a value may be a token.
impl fmt::Debug for ResponseParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// RFC 6749 gives this response parameter its meaning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the response parameter {name} is filled by the server")]
#[non_exhaustive]
pub struct ReservedParameter {
    /// Which one.
    pub name: String,
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
