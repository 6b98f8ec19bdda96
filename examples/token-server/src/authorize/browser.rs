//! The check that a form is sent by the browser that was shown it.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use reissue::client::SecretHash;
use reissue::{ClientSecret, NoRandomness};
use serde::{Deserialize, Serialize};

/// A random text that a browser keeps in a cookie, and that is sealed into every form that it is
/// shown.
///
/// Without it another site could make the browser send a form that belongs to somebody else's login
/// (RFC 6749 §10.12). The cookie is `SameSite=Lax`: it is not sent with what another site posts,
/// and it is sent when an application leads the browser here, so that two tabs share it and neither
/// spoils the other. The `Origin` header would not do: a page with `Referrer-Policy: no-referrer`
/// posts with `Origin: null`. It says nothing about who is logged in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Browser(String);

impl Browser {
    /// Returns the one that the cookie names; a new one, if there is none.
    pub(super) fn of(headers: &HeaderMap, cookie: Cookie) -> Result<Self, NoRandomness> {
        let known = cookie
            .values(headers)
            .find(|value| value.len() == LENGTH && value.bytes().all(is_base64url));
        Ok(Self(match known {
            Some(value) => value.to_owned(),
            None => ClientSecret::generate()?.expose().to_owned(),
        }))
    }

    /// Whether a request comes from it.
    pub(super) fn sent(&self, headers: &HeaderMap, cookie: Cookie) -> bool {
        let expected = SecretHash::sha256(&self.0);
        cookie
            .values(headers)
            .any(|value| expected.verify(&ClientSecret::new(value)))
    }

    pub(super) fn to_set_cookie(&self, cookie: Cookie) -> Option<HeaderValue> {
        let (name, secure) = (cookie.name(), cookie.attribute());
        let text = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", self.0);
        HeaderValue::try_from(text).ok()
    }
}

/// The cookie, as far as it depends on how the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Over http, for a first look.
    Plain,
    /// Over https: by its prefix no other host may set it.
    Secure,
}

impl Cookie {
    pub(super) fn for_issuer(issuer: &str) -> Self {
        if issuer.starts_with("https:") {
            Self::Secure
        } else {
            Self::Plain
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "token-server-login",
            Self::Secure => "__Host-token-server-login",
        }
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Secure => "; Secure",
        }
    }

    fn values(self, headers: &HeaderMap) -> impl Iterator<Item = &str> {
        headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(move |(name, _)| *name == self.name())
            .map(|(_, value)| value)
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// 256 bits of base64url.
const LENGTH: usize = 43;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookies).unwrap())])
    }

    #[test]
    fn a_browser_keeps_its_cookie_and_no_other_has_it() {
        for cookie in [Cookie::Plain, Cookie::Secure] {
            let browser = Browser::of(&HeaderMap::new(), cookie).unwrap();
            let sent = format!("a=b; {}={}; c", cookie.name(), browser.0);
            assert!(browser.sent(&headers(&sent), cookie));
            assert_eq!(Browser::of(&headers(&sent), cookie).unwrap().0, browser.0);

            let other = Browser::of(&HeaderMap::new(), cookie).unwrap();
            assert_ne!(other.0, browser.0);
            assert!(!other.sent(&headers(&sent), cookie));
            assert!(!browser.sent(&HeaderMap::new(), cookie));
            assert!(!browser.sent(&headers(&format!("x={}", browser.0)), cookie));
        }
    }

    #[test]
    fn a_cookie_that_is_none_of_ours_is_replaced() {
        for value in ["", "short", &"\u{22}".repeat(43), &"a".repeat(44)] {
            let sent = format!("{}={value}", Cookie::Plain.name());
            let browser = Browser::of(&headers(&sent), Cookie::Plain).unwrap();
            assert_ne!(browser.0, value);
        }
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_the_host() {
        let browser = Browser("x".to_owned());
        let secure = Cookie::for_issuer("https://id.example");
        assert_eq!(
            browser.to_set_cookie(secure).unwrap(),
            "__Host-token-server-login=x; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let plain = Cookie::for_issuer("http://127.0.0.1:8080");
        assert_eq!(
            browser.to_set_cookie(plain).unwrap(),
            "token-server-login=x; Path=/; HttpOnly; SameSite=Lax"
        );
    }
}
