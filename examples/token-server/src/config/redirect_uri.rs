//! `redirect_uris`: where the browser may be sent after a login.

use http::uri::Authority;

use super::document::Node;
use super::error::ConfigError;

/// A redirect URI, as the operator registered it.
///
/// It is compared character by character (RFC 9700 §2.1). There is one exception, for native
/// applications that listen on whatever port they get (RFC 8252 §7.3): a loopback address without a
/// port, `http://127.0.0.1/…` or `http://[::1]/…`, stands for that address with any port. With a
/// port it stands for itself, and so does the name `localhost`, which may lead elsewhere (RFC 8252
/// §8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedirectUri {
    text: String,
    /// The position at which a port may follow.
    any_port_after: Option<usize>,
}

impl RedirectUri {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let text = node.text(EXPECTED)?;
        Self::parse(text).map_err(|found| node.refuse(EXPECTED, found))
    }

    /// Parses a URI. The error does not show it: it may contain a password.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.contains('#') {
            return Err("a URI with a fragment");
        }
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
        {
            return Err("a URI with other characters");
        }
        let (scheme, rest) = text.split_once(':').unwrap_or_default();
        if !is_scheme(scheme) {
            return Err("something without a scheme in lower case");
        }
        let any_port_after = match scheme {
            "http" => {
                let authority = authority(rest)?;
                if !LOOPBACK.contains(&authority.host()) {
                    return Err("http to another machine");
                }
                let is_address = authority.host() != "localhost";
                let end = "http://".len() + authority.as_str().len();
                (is_address && authority.as_str() == authority.host()).then_some(end)
            }
            "https" => {
                authority(rest)?;
                None
            }
            // RFC 8252 §7.1. It also keeps out `javascript:` and its kin.
            private if private.contains('.') && !rest.is_empty() => None,
            _ => return Err("another scheme, without a dot in it"),
        };
        Ok(Self {
            text: text.to_owned(),
            any_port_after,
        })
    }

    /// Returns whether a requested URI matches this one.
    pub(crate) fn matches(&self, requested: &str) -> bool {
        let Some(end) = self.any_port_after else {
            return requested == self.text;
        };
        let (address, path) = self.text.split_at(end);
        requested
            .strip_prefix(address)
            .and_then(|rest| rest.strip_suffix(path))
            .is_some_and(|port| port.is_empty() || is_port(port))
    }
}

/// Returns the `host[:port]` of what follows the scheme.
fn authority(rest: &str) -> Result<Authority, &'static str> {
    let rest = rest.strip_prefix("//").ok_or("a URI without a host")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    if rest[..end].contains('@') {
        return Err("a URI with user information");
    }
    rest[..end]
        .parse()
        .ok()
        .filter(|authority: &Authority| !authority.host().is_empty())
        .ok_or("a URI without a host")
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
}

/// Returns whether a text is a port, `:1` to `:65535`, in its only spelling.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|digits| {
        digits.starts_with(|c: char| matches!(c, '1'..='9'))
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.parse::<u16>().is_ok()
    })
}

const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

const EXPECTED: &str = "an https URL, an http URL of 127.0.0.1, [::1] or localhost, or a URI of a \
                        private scheme such as \"com.example.app:/callback\"; without fragment or \
                        user information";

#[cfg(test)]
mod tests;
