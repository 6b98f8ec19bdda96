//! Resources (RFC 8707): where an access token may be used.

use std::fmt;
use std::str::FromStr;

/// A resource where a token may be used: an absolute URI without a fragment (RFC 8707 §2).
///
/// ```
/// use reissue::Resource;
///
/// let api: Resource = "https://api.example/orders".parse().unwrap();
/// assert_eq!(api.as_str(), "https://api.example/orders");
/// assert!("api".parse::<Resource>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource(String);

impl Resource {
    /// Returns the URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Resource {
    type Err = InvalidResource;

    fn from_str(text: &str) -> Result<Self, InvalidResource> {
        let (scheme, rest) = text.split_once(':').ok_or(InvalidResource)?;
        let scheme_is_well_formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let rest_is_well_formed = !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte));
        if scheme_is_well_formed && rest_is_well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidResource)
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error for a text that is not an absolute URI without a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a resource is an absolute URI without a fragment")]
#[non_exhaustive]
pub struct InvalidResource;
