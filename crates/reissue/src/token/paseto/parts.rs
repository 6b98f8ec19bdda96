#[cfg(feature = "issue")]
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::token::VerifyError;
use crate::token::format::MAX_TOKEN_LENGTH;

/// The parts of a token, not decoded.
pub(crate) struct Parts<'a> {
    pub(crate) body: &'a str,
    pub(crate) footer: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Splits `header body` or `header body "." footer`. A dot without a footer is an error,
    /// because it would be a second spelling of the same token.
    pub(crate) fn of(token: &'a str, header: &str) -> Result<Self, VerifyError> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(VerifyError::Malformed);
        }
        let rest = token.strip_prefix(header).ok_or(VerifyError::Malformed)?;
        let (body, footer) = match rest.split_once('.') {
            None => (rest, None),
            Some((body, footer)) => (body, Some(footer)),
        };
        if body.is_empty() || footer.is_some_and(|footer| footer.is_empty() || footer.contains('.'))
        {
            return Err(VerifyError::Malformed);
        }
        Ok(Self { body, footer })
    }

    /// Returns the footer, not authenticated, and empty if there is none. `None` if it is not
    /// canonical base64url.
    #[cfg(feature = "issue")]
    pub(crate) fn decoded_footer(&self) -> Option<Vec<u8>> {
        let encoded = self.footer.unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()
    }
}
