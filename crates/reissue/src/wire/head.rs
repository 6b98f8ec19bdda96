//! The checks of a request before its body is read. Pure functions.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, Method};

use crate::denial::Denial;

/// Checks that a request is a `POST` (RFC 6749 §3.2) of one form in UTF-8, without content
/// encoding.
pub(crate) fn check_head(method: &Method, headers: &HeaderMap) -> Result<(), Denial> {
    if method != Method::POST {
        return Err(Denial::MethodNotAllowed);
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    match (types.next(), types.next()) {
        (Some(content_type), None) if is_form(content_type) => {}
        _ => return Err(Denial::ContentType),
    }
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Denial::ContentEncoding);
    }
    Ok(())
}

/// Returns whether this is `application/x-www-form-urlencoded`, with no parameter but
/// `charset=utf-8`, in any letter case.
fn is_form(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && parts.filter(|part| !part.is_empty()).all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            !name.eq_ignore_ascii_case("charset")
                || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

#[cfg(test)]
mod tests;
