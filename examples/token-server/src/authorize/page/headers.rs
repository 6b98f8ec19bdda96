use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, PRAGMA, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// Forbids to keep a response, and to pass on where the browser came from: a request or a code may
/// be in it.
pub(in crate::authorize) fn forbid_traces(headers: &mut HeaderMap) {
    insert(headers, &TRACELESS);
}

/// Declares a page, which nobody may put into a frame.
pub(super) fn guard(headers: &mut HeaderMap) {
    insert(headers, &GUARDS);
}

fn insert(headers: &mut HeaderMap, pairs: &[(HeaderName, &'static str)]) {
    for (name, value) in pairs {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

const TRACELESS: [(HeaderName, &str); 3] = [
    (CACHE_CONTROL, "no-store"),
    (PRAGMA, "no-cache"),
    (REFERRER_POLICY, "no-referrer"),
];

const GUARDS: [(HeaderName, &str); 3] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];
