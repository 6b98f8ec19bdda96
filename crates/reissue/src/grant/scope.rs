//! Scopes (RFC 6749 §3.3), as sets of tokens.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A set of scope tokens (RFC 6749 §3.3), sorted and without duplicates, so that equal scopes are
/// equal text.
///
/// ```
/// use reissue::Scope;
///
/// let granted: Scope = "openid read write".parse().unwrap();
/// let requested: Scope = "write read read".parse().unwrap();
/// assert!(granted.contains_all(&requested));
/// assert_eq!(requested.as_str(), "read write");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(String);

impl Scope {
    /// Returns the empty scope.
    #[must_use]
    pub const fn empty() -> Self {
        Self(String::new())
    }

    /// Returns whether the scope is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the tokens in ascending order, separated by single spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tokens in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|token| !token.is_empty())
    }

    /// Returns whether the scope contains a token. Letter case matters.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|own| own == token)
    }

    /// Returns whether the scope contains every token of `other`.
    #[must_use]
    pub fn contains_all(&self, other: &Self) -> bool {
        let mut own = self.iter();
        other.iter().all(|wanted| {
            own.by_ref()
                .map(|token| token.cmp(wanted))
                .find(|order| *order != Ordering::Less)
                == Some(Ordering::Equal)
        })
    }

    /// Returns the tokens that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(join(self.iter().filter(|token| other.contains(token))))
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    /// Reads `scope = scope-token *( SP scope-token )`, or an empty text.
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        if text.is_empty() {
            return Ok(Self::empty());
        }
        if !text.split(' ').all(is_scope_token) {
            return Err(InvalidScope);
        }
        if text.split(' ').is_sorted_by(|a, b| a < b) {
            return Ok(Self(text.to_owned()));
        }
        let mut tokens: Vec<&str> = text.split(' ').collect();
        tokens.sort_unstable();
        tokens.dedup();
        Ok(Self(join(tokens)))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error for a text that is not a scope (RFC 6749 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a scope is one or more tokens of printable ASCII without quote and backslash, separated by single spaces"
)]
#[non_exhaustive]
pub struct InvalidScope;

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`
fn is_scope_token(token: &str) -> bool {
    !token.is_empty()
        && token
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

fn join<'a>(tokens: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for token in tokens {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}

#[cfg(test)]
mod tests;
