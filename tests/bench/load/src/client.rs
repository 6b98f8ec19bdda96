//! Who sends the requests, and how they are written.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use http_body_util::Full;

use crate::form;
use crate::target::Target;

/// A client and how it authenticates.
#[derive(Clone, Debug)]
pub struct Client {
    authorization: Option<HeaderValue>,
    /// What every form ends with.
    parameters: String,
}

/// How a client authenticates at the token endpoint (RFC 6749 §2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authentication {
    /// Id and secret in the header.
    Basic(String),
    /// The id alone, in the body.
    None,
    /// Id and secret in the body.
    Post(String),
}

impl Client {
    /// A client of this id.
    #[must_use]
    pub fn new(id: &str, authentication: &Authentication) -> Self {
        let mut parameters = String::new();
        let mut authorization = None;
        match authentication {
            Authentication::Basic(secret) => authorization = Some(basic(id, secret)),
            Authentication::None => form::push(&mut parameters, "client_id", id),
            Authentication::Post(secret) => {
                form::push(&mut parameters, "client_id", id);
                form::push(&mut parameters, "client_secret", secret);
            }
        }
        Self {
            authorization,
            parameters,
        }
    }

    /// A refresh (RFC 6749 §6).
    pub(crate) fn refresh(&self, target: &Target, token: &str) -> Request<Full<Bytes>> {
        let length = REFRESH.len() + token.len() + self.parameters.len() + 1;
        let mut form = String::with_capacity(length);
        form.push_str(REFRESH);
        form::encode(&mut form, token);
        self.post(target, form)
    }

    /// A login with a password (RFC 6749 §4.3).
    pub(crate) fn login(
        &self,
        target: &Target,
        username: &str,
        password: &str,
        scope: Option<&str>,
    ) -> Request<Full<Bytes>> {
        let mut form = String::from("grant_type=password");
        form::push(&mut form, "username", username);
        form::push(&mut form, "password", password);
        if let Some(scope) = scope {
            form::push(&mut form, "scope", scope);
        }
        self.post(target, form)
    }

    fn post(&self, target: &Target, mut form: String) -> Request<Full<Bytes>> {
        if !self.parameters.is_empty() {
            form.push('&');
            form.push_str(&self.parameters);
        }
        let mut request = Request::post(target.path.clone())
            .body(Full::from(form))
            .expect("a method, a path and a body");
        let headers = request.headers_mut();
        headers.insert(HOST, target.host.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        request
    }
}

/// Both are encoded before they are joined (RFC 6749 §2.3.1).
fn basic(id: &str, secret: &str) -> HeaderValue {
    let mut pair = String::new();
    form::encode(&mut pair, id);
    pair.push(':');
    form::encode(&mut pair, secret);
    let header = format!("Basic {}", BASE64_STANDARD.encode(pair));
    let mut header = HeaderValue::from_str(&header).expect("base64 is visible ASCII");
    header.set_sensitive(true);
    header
}

const REFRESH: &str = "grant_type=refresh_token&refresh_token=";
