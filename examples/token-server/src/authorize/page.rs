//! What the user sees: two small pages without scripts, styles or anything from elsewhere.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, PRAGMA,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, StatusCode};

use super::request::Asked;

/// The login form.
pub(super) struct Login<'a> {
    pub(super) asked: &'a Asked,
    /// The sealed request.
    pub(super) request: &'a str,
    pub(super) username: &'a str,
    /// What went wrong the last time.
    pub(super) alert: Option<&'a str>,
    pub(super) status: StatusCode,
}

impl Login<'_> {
    pub(super) fn render(&self) -> Response {
        let scopes: String = self
            .asked
            .scope
            .split(' ')
            .filter(|scope| !scope.is_empty())
            .map(|scope| format!("<li>{}</li>\n", escaped(scope)))
            .collect();
        let scopes = if scopes.is_empty() {
            String::new()
        } else {
            format!("<p>It asks for:</p>\n<ul>\n{scopes}</ul>\n")
        };
        let alert = self.alert.map_or_else(String::new, |alert| {
            format!("<p role=\"alert\">{}</p>\n", escaped(alert))
        });
        let body = format!(
            r#"<h1>Log in</h1>
<p>to continue to <strong>{client}</strong></p>
{scopes}{alert}<form method="post" action="authorize">
<input type="hidden" name="request" value="{request}">
<p><label for="username">Username</label><br>
<input id="username" name="username" value="{username}" autocomplete="username" autocapitalize="none" spellcheck="false" required></p>
<p><label for="password">Password</label><br>
<input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p><button>Log in</button></p>
</form>
"#,
            client = escaped(&self.asked.client_id),
            request = escaped(self.request),
            username = escaped(self.username),
        );
        // Browsers apply `form-action` to where the answer to the form leads, too.
        let form_action = format!("'self' {}:", self.asked.redirect.scheme());
        page(self.status, "Log in", &body, &form_action)
    }
}

/// Says why there is nothing to do here.
pub(super) fn refusal(reason: &str) -> Response {
    let body = format!(
        "<h1>This login cannot go on</h1>\n<p>{}</p>\n<p>Go back to the application and start again.</p>\n",
        escaped(reason)
    );
    let title = "This login cannot go on";
    page(StatusCode::BAD_REQUEST, title, &body, "'none'")
}

/// Forbids to keep an answer, and to tell the next site where it came from: a request or a code may be in it.
pub(super) fn forbid_traces(headers: &mut HeaderMap) {
    for (name, value) in TRACELESS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn page(status: StatusCode, title: &str, body: &str, form_action: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"
    );
    let mut response = (status, Body::from(html)).into_response();
    let headers = response.headers_mut();
    forbid_traces(headers);
    for (name, value) in GUARDS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A scheme is made of characters that a header may have.
    let policy = HeaderValue::try_from(policy);
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// For text and for quoted attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escaped("<b a=\"1\" c='2'>&amp;ä"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;ä"
        );
    }
}
