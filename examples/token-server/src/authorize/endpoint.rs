//! The authorization endpoint: `GET` returns the login page, `POST` receives the form.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Extension, RawQuery, Request, State};
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use reissue::guessing::ClientAddress;
use reissue::key::{KeyRing, SymmetricKey};
use reissue::token::IssueError;
use reissue::{ClientSecret, Clock as _, Parameters, SystemClock};
use serde::{Deserialize, Serialize};

use super::browser::{Browser, Cookie};
use super::callback::Callback;
use super::code::Codes;
use super::page::{Alert, Login, Pages};
use super::redirect::Redirect;
use super::registry::Registry;
use super::request::{AuthorizationError, AuthorizationRequest, Refusal, TOO_LARGE, UNAVAILABLE};
use super::sealer::Sealer;
use crate::grants::retry_after;
use crate::logins::{LoginError, Logins};

/// The authorization endpoint. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Authorize(Arc<Shared>);

struct Shared {
    issuer: String,
    cookie: Cookie,
    clients: Registry,
    logins: Logins,
    forms: Sealer,
    codes: Codes,
    pages: Pages,
}

impl Authorize {
    pub(crate) fn new(
        issuer: &str,
        keys: KeyRing<SymmetricKey>,
        clients: Registry,
        logins: Logins,
        codes: Codes,
        pages: Pages,
    ) -> Self {
        Self(Arc::new(Shared {
            issuer: issuer.to_owned(),
            cookie: Cookie::for_issuer(issuer),
            clients,
            logins,
            forms: Sealer::new(keys, "login form", issuer),
            codes,
            pages,
        }))
    }
}

/// Returns the login page.
pub(crate) async fn show(
    State(Authorize(shared)): State<Authorize>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let request = match AuthorizationRequest::read(&query, &shared.clients) {
        Ok(request) => request,
        Err(Refusal::Page(reason)) => return shared.pages.refusal(reason),
        Err(Refusal::Redirect { to, state, error }) => {
            let state = state.as_deref();
            return shared.callback(&to, state).error(error);
        }
    };
    let Ok(browser) = Browser::of(&headers, shared.cookie) else {
        return shared.callback_of(&request).error(UNAVAILABLE);
    };
    let set_cookie = browser.to_set_cookie(shared.cookie);
    let pending = Pending { request, browser };
    let sealed = match shared.forms.seal(&pending, SystemClock.now(), FORM_TTL) {
        Ok(sealed) => sealed,
        Err(error) => return shared.callback_of(&pending.request).error(unsealed(&error)),
    };
    let asked = &pending.request.asked;
    let mut response = shared.pages.login(&Login {
        asked,
        client: shared.client_name(&asked.client_id),
        request: &sealed,
        username: "",
        alert: None,
        status: StatusCode::OK,
    });
    response
        .headers_mut()
        .extend(set_cookie.map(|cookie| (SET_COOKIE, cookie)));
    response
}

/// Receives the form, and redirects the browser to the client with a code.
pub(crate) async fn log_in(
    State(Authorize(shared)): State<Authorize>,
    address: Option<Extension<ClientAddress>>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    if !is_form(&head.headers) {
        return shared.pages.refusal("The form was not sent as a form.");
    }
    let Ok(body) = to_bytes(body, FORM_LIMIT).await else {
        return shared
            .pages
            .refusal("The form is too large, or did not arrive.");
    };
    let Ok(form) = Parameters::parse(&body) else {
        return shared.pages.refusal("The form is malformed.");
    };
    let sealed = form.get("request").unwrap_or_default();
    let Some(pending) = shared.forms.open::<Pending>(sealed, SystemClock.now()) else {
        return shared
            .pages
            .refusal("The page was open for too long, or is not from here.");
    };
    if !pending.browser.sent(&head.headers, shared.cookie) {
        return shared
            .pages
            .refusal("The form was not shown to this browser, or the browser keeps no cookies.");
    }
    let asked = &pending.request.asked;
    let username = form.get("username").unwrap_or_default();
    let password = ClientSecret::new(form.get("password").unwrap_or_default());
    let again = |status, alert| {
        shared.pages.login(&Login {
            asked,
            client: shared.client_name(&asked.client_id),
            request: sealed,
            username,
            alert: Some(alert),
            status,
        })
    };
    let address = address.map(|Extension(address)| address);
    match shared.logins.check(username, password, address).await {
        Ok(()) => {}
        Err(LoginError::Wrong) => {
            return again(StatusCode::FORBIDDEN, Alert::Wrong);
        }
        Err(LoginError::TooMany { wait }) => {
            let mut response = again(StatusCode::TOO_MANY_REQUESTS, Alert::TooMany);
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, retry_after(wait));
            return response;
        }
        Err(LoginError::Busy) => {
            return again(StatusCode::SERVICE_UNAVAILABLE, Alert::Busy);
        }
    }
    let callback = shared.callback_of(&pending.request);
    match shared
        .codes
        .issue(asked.clone(), username, SystemClock.now())
    {
        Ok(code) => callback.code(&code),
        Err(error) => callback.error(unsealed(&error)),
    }
}

impl Shared {
    fn callback_of<'a>(&'a self, request: &'a AuthorizationRequest) -> Callback<'a> {
        self.callback(&request.asked.redirect, request.state.as_deref())
    }

    fn callback<'a>(&'a self, to: &'a Redirect, state: Option<&'a str>) -> Callback<'a> {
        Callback {
            to,
            state,
            issuer: &self.issuer,
            pages: &self.pages,
        }
    }

    /// Returns the name of a client; its id, if it is no longer registered.
    fn client_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.clients.find(id).map_or(id, |client| &client.name)
    }
}

/// Returns the error of a request that could not be put into a form or a code.
fn unsealed(error: &IssueError) -> AuthorizationError {
    match error {
        IssueError::TooLong => TOO_LARGE,
        _ => UNAVAILABLE,
    }
}

/// The sealed content of the form: the request, and the browser that was shown it.
#[derive(Serialize, Deserialize)]
struct Pending {
    request: AuthorizationRequest,
    browser: Browser,
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| {
            essence
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

/// How long the form of a login page is valid.
const FORM_TTL: Duration = Duration::from_secs(10 * 60);

/// The largest sealed request, and room for a long name and password.
const FORM_LIMIT: usize = 64 * 1024;
