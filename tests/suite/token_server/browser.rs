//! A browser that is sent to the login page, as far as a test needs one; and the application that
//! sent it.

use http::Request;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reissue::Parameters;
use reissue_tests::{TestResponse, form_encoded};

use super::process::{TOKEN, TokenServer};

/// What an application asks for. `Default` is a request of the demo's `demo-app` that is in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    pub(super) client: &'a str,
    pub(super) redirect_uri: &'a str,
    /// More parameters, encoded.
    pub(super) more: &'a str,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self {
            client: "demo-app",
            redirect_uri: "http://127.0.0.1:49152/callback",
            more: "",
        }
    }
}

impl Ask<'_> {
    pub(super) fn path(&self) -> String {
        format!(
            "{AUTHORIZE}?response_type=code&client_id={}&redirect_uri={}&code_challenge={CHALLENGE}\
             &code_challenge_method=S256{}",
            form_encoded(self.client),
            form_encoded(self.redirect_uri),
            self.more
        )
    }

    /// Logs bshaffer in and gives the code.
    pub(super) async fn code(&self, server: &TokenServer) -> String {
        self.code_of(server, "bshaffer", "brent123").await
    }

    /// Logs a user in and gives the code.
    pub(super) async fn code_of(
        &self,
        server: &TokenServer,
        username: &str,
        password: &str,
    ) -> String {
        let mut browser = Browser::of(server);
        let page = browser.open(&self.path()).await;
        let response = browser.log_in(&page, username, password).await;
        parameter(&response, "code").unwrap_or_else(|| panic!("no code: {response:?}"))
    }

    /// What the application sends to the token endpoint, if it is a public one.
    pub(super) fn redemption(&self, code: &str) -> String {
        format!(
            "grant_type=authorization_code&client_id={}&code={}&redirect_uri={}&code_verifier={VERIFIER}",
            form_encoded(self.client),
            form_encoded(code),
            form_encoded(self.redirect_uri),
        )
    }
}

/// A browser that keeps the cookies of one server.
pub(super) struct Browser<'s> {
    server: &'s TokenServer,
    pub(super) cookie: Option<String>,
}

impl<'s> Browser<'s> {
    pub(super) fn of(server: &'s TokenServer) -> Self {
        Self {
            server,
            cookie: None,
        }
    }

    pub(super) async fn open(&mut self, path: &str) -> TestResponse {
        let response = self.send(Request::get(path), "").await;
        if let Some(cookie) = response.headers.get(SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }

    /// Sends the form of a page.
    pub(super) async fn log_in(
        &self,
        page: &TestResponse,
        username: &str,
        password: &str,
    ) -> TestResponse {
        let form = format!(
            "request={}&username={}&password={}",
            hidden(page),
            form_encoded(username),
            form_encoded(password)
        );
        self.post(&form).await
    }

    pub(super) async fn post(&self, form: &str) -> TestResponse {
        let request =
            Request::post(AUTHORIZE).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form).await
    }

    async fn send(&self, request: http::request::Builder, body: &str) -> TestResponse {
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        self.server.send(request, body).await
    }
}

/// Redeems a code as a public client.
pub(super) async fn redeem(server: &TokenServer, ask: &Ask<'_>, code: &str) -> TestResponse {
    server.post(TOKEN, &ask.redemption(code)).await
}

/// The page as text.
pub(super) fn html(page: &TestResponse) -> &str {
    std::str::from_utf8(&page.body).expect("UTF-8")
}

/// The sealed request in the form of a page.
pub(super) fn hidden(page: &TestResponse) -> &str {
    let (_, rest) = html(page)
        .split_once(r#"name="request" value=""#)
        .unwrap_or_else(|| panic!("no form: {page:?}"));
    rest.split('"').next().expect("a value")
}

/// Where the browser is sent, without the query.
pub(super) fn address(response: &TestResponse) -> &str {
    location(response).split('?').next().expect("an address")
}

/// A parameter of where the browser is sent.
pub(super) fn parameter(response: &TestResponse, name: &str) -> Option<String> {
    let (_, query) = location(response).split_once('?')?;
    let parameters = Parameters::parse(query.as_bytes()).expect("a query");
    parameters.get(name).map(str::to_owned)
}

fn location(response: &TestResponse) -> &str {
    assert_eq!(response.status, 303, "{response:?}");
    response.headers[LOCATION].to_str().expect("ASCII")
}

pub(super) const AUTHORIZE: &str = "/oauth2/authorize";

/// RFC 7636 Appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
