//! The one parameter that matters, found without checking anything.

/// The refresh token of a form; nothing in a form of another grant.
pub(crate) fn refresh_token(form: &[u8]) -> Option<&str> {
    std::str::from_utf8(form)
        .ok()?
        .split('&')
        .find_map(|parameter| parameter.strip_prefix("refresh_token="))
}
