//! Where a token endpoint is.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::header::HeaderValue;

/// The URL of a token endpoint: `http://host:port/path`.
#[derive(Clone, Debug)]
pub struct Target {
    pub(crate) authority: String,
    pub(crate) host: HeaderValue,
    /// Path and query, as they stand in the request line.
    pub(crate) path: Uri,
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let uri: Uri = text.parse().map_err(|_| InvalidTarget)?;
        let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(InvalidTarget);
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            authority: format!(
                "{}:{}",
                authority.host(),
                authority.port_u16().unwrap_or(80)
            ),
            host: HeaderValue::from_str(authority.as_str()).map_err(|_| InvalidTarget)?,
            path: path.parse().map_err(|_| InvalidTarget)?,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

/// Not an `http` URL with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a URL such as http://127.0.0.1:8080/oauth2/token; TLS is not spoken here")]
#[non_exhaustive]
pub struct InvalidTarget;
