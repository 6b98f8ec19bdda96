//! Extra claims: what an application adds to access tokens.

use std::collections::BTreeMap;

use crate::json::Json;

/// Extra claims by name, each with any JSON value. Claims that the server sets cannot be added.
///
/// ```
/// use reissue::{Claims, Json};
///
/// let mut claims = Claims::default();
/// claims.insert("tenant", Json::object([("name", "blue"), ("plan", "team")])).unwrap();
/// assert!(claims.insert("iss", "https://elsewhere.example").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(BTreeMap<String, Json>);

impl Claims {
    /// Sets a claim to a JSON value.
    ///
    /// # Errors
    ///
    /// [`InvalidClaim`] for a claim that the server sets, and for a value of more than
    /// [`Json::MAX_DEPTH`] levels.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Json>,
    ) -> Result<(), InvalidClaim> {
        let name = name.into();
        if RESERVED.contains(&name.as_str()) {
            return Err(InvalidClaim::Reserved { name });
        }
        let value = value.into();
        if !value.is_within(Json::MAX_DEPTH) {
            return Err(InvalidClaim::TooDeep { name });
        }
        self.0.insert(name, value);
        Ok(())
    }

    /// Returns the value of a claim.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// Returns whether there are no claims.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all claims in ascending order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns these claims together with `others`, which take precedence.
    #[cfg(feature = "issue")]
    pub(crate) fn merged(&self, others: &Self) -> Self {
        let mut merged = self.clone();
        merged.0.extend(others.0.clone());
        merged
    }
}

/// The error for a claim that cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidClaim {
    /// The server sets this claim.
    #[error("the claim {name} is filled by the server")]
    Reserved {
        /// Its name.
        name: String,
    },
    /// Arrays and objects are nested deeper than [`Json::MAX_DEPTH`], which no verifier of this
    /// crate reads.
    #[error("the claim {name} has more than 32 levels")]
    TooDeep {
        /// Its name.
        name: String,
    },
}

/// The claims that the server sets, or that have a meaning in RFC 9068 §2.2, RFC 7800, RFC 8693 and
/// RFC 7662.
const RESERVED: [&str; 17] = [
    "act",
    "active",
    "acr",
    "aud",
    "auth_time",
    "client_id",
    "cnf",
    "exp",
    "iat",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "scope",
    "sid",
    "sub",
    "token_type",
];
