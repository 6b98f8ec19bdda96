use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, HeaderValue};

use super::brand::{Brand, Logo, Palette};
use super::escape::escaped;
use super::headers::{forbid_traces, guard};
use crate::secrets::sha256;

/// What is the same on every page.
#[derive(Debug)]
pub(super) struct Frame {
    /// The operator's name, escaped.
    name: Option<String>,
    /// The head of the card, with name and logo.
    header: String,
    style: String,
    /// The start of the Content-Security-Policy.
    policy: String,
}

impl Frame {
    pub(super) fn new(brand: &Brand) -> Self {
        let style = style(&brand.light, &brand.dark);
        let hash = BASE64_STANDARD.encode(sha256(style.as_bytes()));
        // `data:` for the logo, and for the icon that browsers would else ask the server for.
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; \
             frame-ancestors 'none'; form-action "
        );
        Self {
            name: brand.name.as_deref().map(escaped),
            header: header(brand),
            style,
            policy,
        }
    }

    /// Returns a page. `title` and `body` are HTML; `form_action` is where its form may lead.
    pub(super) fn page(
        &self,
        status: StatusCode,
        title: &str,
        body: &str,
        form_action: &str,
    ) -> Response {
        let Self { header, style, .. } = self;
        let of = self.name.as_ref();
        let of = of.map_or_else(String::new, |name| format!(" – {name}"));
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"robots\" content=\"noindex\">\n\
             <title>{title}{of}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
             <style>{style}</style>\n</head>\n\
             <body>\n<main>\n{header}{body}</main>\n</body>\n</html>\n"
        );
        let mut response = (status, Body::from(html)).into_response();
        let headers = response.headers_mut();
        forbid_traces(headers);
        guard(headers);
        // A scheme is made of characters that a header may have.
        let policy = HeaderValue::try_from(format!("{}{form_action}", self.policy));
        let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        response
    }
}

fn header(brand: &Brand) -> String {
    let name = brand.name.as_deref().map(escaped);
    let name = name.map_or_else(String::new, |name| format!("<span>{name}</span>"));
    // The name beside it says what it is, if there is a name.
    let logo = brand.logo.as_ref().map(image).unwrap_or_default();
    if name.is_empty() && logo.is_empty() {
        return String::new();
    }
    format!("<header>{logo}{name}</header>\n")
}

fn image(logo: &Logo) -> String {
    let (media_type, data) = (logo.media_type, BASE64_STANDARD.encode(&logo.bytes));
    format!("<img src=\"data:{media_type};base64,{data}\" alt=\"\">")
}

fn style(light: &Palette, dark: &Palette) -> String {
    STYLE
        .replace("LIGHT_ON_ACCENT", &light.on_accent)
        .replace("LIGHT_ACCENT", &light.accent)
        .replace("DARK_ON_ACCENT", &dark.on_accent)
        .replace("DARK_ACCENT", &dark.accent)
}

const STYLE: &str = include_str!("page.css");
