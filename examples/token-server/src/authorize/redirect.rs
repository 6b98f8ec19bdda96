//! The way back to the client.

use serde::{Deserialize, Serialize};

/// A redirect URI that a request asked for and that its client has registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Redirect(String);

impl Redirect {
    /// Only for what a registered URI has matched.
    pub(super) fn trusted(uri: &str) -> Self {
        Self(uri.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn scheme(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// The URI with parameters added to the query that it may have (RFC 6749 §3.1.2).
    pub(super) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut uri = self.0.clone();
        for (name, value) in parameters {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            uri.push_str(name);
            uri.push('=');
            encode(value, &mut uri);
        }
        uri
    }
}

/// Percent-encodes all but unreserved characters, so that every decoder of queries reads the same.
fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_and_encoded() {
        let plain = Redirect::trusted("https://app.example/cb");
        assert_eq!(
            plain.with(&[("code", "a.b-c"), ("state", "ä &=+#%\"\r\n")]),
            "https://app.example/cb?code=a.b-c&state=%C3%A4%20%26%3D%2B%23%25%22%0D%0A"
        );
        let tenant = Redirect::trusted("com.example.app:/cb?tenant=blue");
        assert_eq!(
            tenant.with(&[("code", "x")]),
            "com.example.app:/cb?tenant=blue&code=x"
        );
        assert_eq!(tenant.scheme(), "com.example.app");
    }
}
