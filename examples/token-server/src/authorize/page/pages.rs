use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::brand::Brand;
use super::escape::escaped;
use super::frame::Frame;
use super::login::Login;

/// The pages of a server. Clones are the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Pages(Arc<Frame>);

impl Pages {
    pub(crate) fn new(brand: &Brand) -> Self {
        Self(Arc::new(Frame::new(brand)))
    }

    /// Returns the login form.
    pub(in crate::authorize) fn login(&self, login: &Login<'_>) -> Response {
        // Browsers apply `form-action` to where the response to the form leads, too.
        let form_action = format!("'self' {}:", login.asked.redirect.scheme());
        self.0
            .page(login.status, login.title(), &login.body(), &form_action)
    }

    /// Returns the page that says why there is nothing to do here.
    pub(in crate::authorize) fn refusal(&self, reason: &str) -> Response {
        let body = format!(
            "<h1>{REFUSED}</h1>\n<div class=\"alert\" role=\"alert\"><p>{}</p></div>\n\
             <p>Go back to the application and start again.</p>\n",
            escaped(reason)
        );
        let status = StatusCode::BAD_REQUEST;
        self.0.page(status, REFUSED, &body, "'none'")
    }
}

const REFUSED: &str = "You cannot log in here";
