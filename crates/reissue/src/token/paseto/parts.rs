use crate::token::OpenError;
use crate::token::envelope::MAX_TOKEN_LENGTH;

/// A token taken apart, nothing decoded.
pub(super) struct Parts<'a> {
    pub(super) body: &'a str,
    pub(super) footer: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// `header body` or `header body "." footer`. A dot without a footer behind it would be a second spelling of the
    /// same token, so it is refused.
    pub(super) fn of(token: &'a str, header: &str) -> Result<Self, OpenError> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(OpenError::Malformed);
        }
        let rest = token.strip_prefix(header).ok_or(OpenError::Malformed)?;
        let (body, footer) = match rest.split_once('.') {
            None => (rest, None),
            Some((body, footer)) => (body, Some(footer)),
        };
        if body.is_empty() || footer.is_some_and(|footer| footer.is_empty() || footer.contains('.'))
        {
            return Err(OpenError::Malformed);
        }
        Ok(Self { body, footer })
    }
}
