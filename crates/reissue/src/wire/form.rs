//! Strict decoding of `application/x-www-form-urlencoded` bodies (RFC 6749 Appendix B).

use std::fmt;
use std::ops::Range;

use memchr::memchr;
use zeroize::Zeroizing;

use crate::denial::Denial;

/// The parameters of a request to the token endpoint: each name at most once, no value empty.
///
/// The layer inserts them into the request's extensions, for the service that handles the other
/// grants. A `client_secret` is not among them. `Debug` shows only the names.
#[derive(Clone, Default)]
pub struct Parameters {
    text: Zeroizing<String>,
    spans: Vec<(Range<u32>, Range<u32>)>,
}

impl Parameters {
    /// The largest number of parameters. A request with more is denied.
    pub const MAX: usize = 100;

    /// Decodes a body.
    ///
    /// # Errors
    ///
    /// `invalid_request` for percent-encoding that is not two hex digits, text that is not UTF-8,
    /// control characters, a byte order mark, a repeated name (RFC 6749 §3.2), or more than
    /// [`Parameters::MAX`] parameters.
    ///
    /// ```
    /// use reissue::Parameters;
    ///
    /// let parameters = Parameters::parse(b"grant_type=password&username=a+b%21&scope=").unwrap();
    /// assert_eq!(parameters.get("username"), Some("a b!"));
    /// assert_eq!(parameters.get("scope"), None);
    /// assert!(Parameters::parse(b"scope=a&scope=a").is_err());
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, Denial> {
        let mut rest = str::from_utf8(body).map_err(|_| Denial::ParameterEncoding)?;
        if rest.starts_with('\u{FEFF}') {
            return Err(Denial::ParameterEncoding);
        }
        let mut parsed = Self {
            text: Zeroizing::new(String::with_capacity(rest.len())),
            spans: Vec::with_capacity(8),
        };
        while !rest.is_empty() {
            let pair;
            (pair, rest) = cut(rest, b'&');
            if pair.is_empty() {
                continue;
            }
            if parsed.spans.len() == Self::MAX {
                return Err(Denial::TooManyParameters);
            }
            let (name, value) = cut(pair, b'=');
            let name = parsed.decode(name)?;
            let value = parsed.decode(value)?;
            if parsed
                .spans
                .iter()
                .any(|(other, _)| parsed.slice(other) == parsed.slice(&name))
            {
                return Err(Denial::ParameterRepeated);
            }
            parsed.spans.push((name, value));
        }
        Ok(parsed)
    }

    /// Returns the value of a parameter; `None` if it is absent or empty (RFC 6749 §3.2: as if
    /// omitted).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    /// Returns the value of a parameter that the request must have.
    ///
    /// # Errors
    ///
    /// [`Denial::ParameterMissing`] if it is absent or empty. The response to the client contains
    /// its name.
    ///
    /// ```
    /// use reissue::Parameters;
    ///
    /// let parameters = Parameters::parse(b"grant_type=password").unwrap();
    /// let missing = parameters.require("username").unwrap_err();
    /// assert_eq!(missing.description(), "The parameter username is missing.");
    /// ```
    pub fn require(&self, name: &'static str) -> Result<&str, Denial> {
        self.get(name).ok_or(Denial::ParameterMissing(name))
    }

    /// Returns all names and values in the order of the request, without those that are empty.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spans
            .iter()
            .map(|(name, value)| (self.slice(name), self.slice(value)))
            .filter(|(_, value)| !value.is_empty())
    }

    /// Returns the parameters without those for client authentication.
    pub(crate) fn without_credentials(mut self) -> Self {
        let mut spans = std::mem::take(&mut self.spans);
        spans.retain(|(name, _)| !matches!(self.slice(name), "client_secret" | "client_assertion"));
        self.spans = spans;
        self
    }

    fn slice(&self, span: &Range<u32>) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn decode(&mut self, encoded: &str) -> Result<Range<u32>, Denial> {
        let start = self.text.len();
        decode(encoded, &mut self.text)?;
        let span = |offset: usize| u32::try_from(offset).map_err(|_| Denial::BodyTooLarge);
        Ok(span(start)?..span(self.text.len())?)
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Appends one form-urldecoded name or value to `text`.
///
/// # Errors
///
/// [`Denial::ParameterEncoding`] for broken percent-encoding, text that is not UTF-8, and control
/// characters.
pub(crate) fn decode(encoded: &str, text: &mut String) -> Result<(), Denial> {
    if is_plain(encoded) {
        // The usual case: no second buffer.
        text.push_str(encoded);
        return Ok(());
    }
    let mut decoded = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut rest = encoded.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low, tail @ ..] = tail else {
                    return Err(Denial::ParameterEncoding);
                };
                rest = tail;
                hex(*high)? << 4 | hex(*low)?
            }
            other => *other,
        });
    }
    let decoded = std::str::from_utf8(&decoded).map_err(|_| Denial::ParameterEncoding)?;
    if decoded.chars().any(char::is_control) {
        return Err(Denial::ParameterEncoding);
    }
    text.push_str(decoded);
    Ok(())
}

/// Returns whether a text is printable ASCII that needs no decoding. It does not stop at the first
/// exception, so that the compiler can check many bytes at once.
fn is_plain(encoded: &str) -> bool {
    let is_special = |byte| !matches!(byte, b'!'..=b'~') | matches!(byte, b'%' | b'+');
    !encoded
        .bytes()
        .fold(false, |found, byte| found | is_special(byte))
}

/// Returns the text before and after the first separator, which is ASCII.
fn cut(text: &str, separator: u8) -> (&str, &str) {
    match memchr(separator, text.as_bytes()) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

fn hex(digit: u8) -> Result<u8, Denial> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(Denial::ParameterEncoding),
    }
}

#[cfg(test)]
mod tests;
