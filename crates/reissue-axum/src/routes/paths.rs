//! The paths of the endpoints.

use std::collections::BTreeMap;

use reissue::MetadataEndpoint;

use super::endpoint::Endpoint;

/// Paths from the root of the issuer's host.
#[derive(Debug)]
pub(super) struct Paths {
    /// The issuer without its path.
    origin: String,
    /// The path of the issuer.
    base: String,
    paths: BTreeMap<Endpoint, String>,
}

impl Paths {
    /// Returns the default paths: below the issuer's path, except the metadata, whose path is
    /// before it (RFC 8414 §3.1).
    pub(super) fn of(issuer: &str) -> Self {
        let (origin, base) = split(issuer);
        let paths = [
            (Endpoint::Introspection, format!("{base}/introspect")),
            (Endpoint::Jwks, format!("{base}/.well-known/jwks.json")),
            (Endpoint::Metadata, format!("{METADATA}{base}")),
            (Endpoint::Revocation, format!("{base}/revoke")),
            (Endpoint::Sessions, format!("{base}/sessions")),
            (Endpoint::Token, format!("{base}/token")),
        ];
        Self {
            origin: origin.to_owned(),
            base: base.to_owned(),
            paths: paths.into(),
        }
    }

    pub(super) fn insert(&mut self, endpoint: Endpoint, path: String) {
        self.paths.insert(endpoint, path);
    }

    /// Moves all but the metadata below a prefix, after the issuer's path.
    pub(super) fn nest(&mut self, prefix: &str) {
        let prefix = prefix.trim_end_matches('/');
        for (endpoint, path) in &mut self.paths {
            if *endpoint == Endpoint::Metadata {
                continue;
            }
            *path = match below(path, &self.base) {
                Some(rest) => format!("{}{prefix}{rest}", self.base),
                None => format!("{prefix}{path}"),
            };
        }
    }

    pub(super) fn remove(&mut self, endpoint: Endpoint) {
        self.paths.remove(&endpoint);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Endpoint, &str)> {
        self.paths
            .iter()
            .map(|(endpoint, path)| (*endpoint, path.as_str()))
    }

    /// Adds the locations of all endpoints that RFC 8414 §2 has a name for to the metadata.
    pub(super) fn name_in(&self, metadata: MetadataEndpoint) -> MetadataEndpoint {
        self.iter().fold(metadata, |metadata, (endpoint, path)| {
            let url = format!("{}{path}", self.origin);
            match endpoint {
                Endpoint::Introspection => metadata.with_introspection_endpoint(url),
                Endpoint::Jwks => metadata.with_jwks_uri(url),
                Endpoint::Metadata | Endpoint::Sessions => metadata,
                Endpoint::Revocation => metadata.with_revocation_endpoint(url),
                Endpoint::Token => metadata.with_token_endpoint(url),
            }
        })
    }
}

/// Returns what follows `base` in `path`, if `path` is below it.
fn below<'a>(path: &'a str, base: &str) -> Option<&'a str> {
    path.strip_prefix(base).filter(|rest| rest.starts_with('/'))
}

/// Splits a URL into scheme and host, and the path without a slash at the end.
fn split(url: &str) -> (&str, &str) {
    let url = url.trim_end_matches('/');
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let path = url[host..].find('/').map_or(url.len(), |path| host + path);
    url.split_at(path)
}

const METADATA: &str = "/.well-known/oauth-authorization-server";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_host_and_a_path() {
        for (issuer, host, path) in [
            ("https://id.example", "https://id.example", ""),
            ("https://id.example/", "https://id.example", ""),
            (
                "http://127.0.0.1:8080/blue",
                "http://127.0.0.1:8080",
                "/blue",
            ),
            ("https://id.example/a/b/", "https://id.example", "/a/b"),
        ] {
            assert_eq!(split(issuer), (host, path));
        }
    }
}
