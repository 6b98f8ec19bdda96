//! Extra claims: what a host adds to access tokens.

use std::collections::BTreeMap;

/// Extra claims by name. None of them is one that the server fills itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(BTreeMap<String, Claim>);

impl Claims {
    /// Sets a claim.
    ///
    /// # Errors
    ///
    /// [`ReservedClaim`] for a name that the server fills itself.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Claim>,
    ) -> Result<(), ReservedClaim> {
        let name = name.into();
        if RESERVED.contains(&name.as_str()) {
            return Err(ReservedClaim { name });
        }
        self.0.insert(name, value.into());
        Ok(())
    }

    /// The value of a claim.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Claim> {
        self.0.get(name)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All claims in ascending order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// These claims, overridden and completed by `others`.
    pub(crate) fn merged(&self, others: &Self) -> Self {
        let mut merged = self.clone();
        merged.0.extend(others.0.clone());
        merged
    }
}

/// The value of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// An array.
    List(Vec<Claim>),
    /// A string.
    Text(String),
}

impl From<bool> for Claim {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Claim {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Claim {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Claim {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T> From<Vec<T>> for Claim
where
    T: Into<Self>,
{
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

/// The server fills this claim itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the claim {name} is filled by the server")]
#[non_exhaustive]
pub struct ReservedClaim {
    /// Which one.
    pub name: String,
}

/// Names of RFC 9068 §2.2, RFC 7800, RFC 8693 and RFC 7662 that carry meaning here.
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
