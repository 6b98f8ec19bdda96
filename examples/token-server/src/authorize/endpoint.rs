//! `GET` shows the login page, `POST` takes the form.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Extension, RawQuery, Request, State};
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use reissue::guessing::ClientAddress;
use reissue::key::{KeyRing, SymmetricKey};
use reissue::token::SealError;
use reissue::{ClientSecret, Clock as _, Parameters, SystemClock};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::browser::{Browser, Cookie};
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

/// Shows the login page.
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
            return shared.answer(&to, state).error(error);
        }
    };
    let Ok(browser) = Browser::of(&headers, shared.cookie) else {
        return shared.answer_to(&request).error(UNAVAILABLE);
    };
    let set_cookie = browser.to_set_cookie(shared.cookie);
    let pending = Pending { request, browser };
    let sealed = match shared.forms.seal(&pending, SystemClock.now(), FORM_TTL) {
        Ok(sealed) => sealed,
        Err(error) => return shared.answer_to(&pending.request).error(unsealed(&error)),
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

/// Takes the form, and sends the browser back to the client with a code.
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
    let answer = shared.answer_to(&pending.request);
    match shared
        .codes
        .issue(asked.clone(), username, SystemClock.now())
    {
        Ok(code) => answer.code(&code),
        Err(error) => answer.error(unsealed(&error)),
    }
}

impl Shared {
    fn answer_to<'a>(&'a self, request: &'a AuthorizationRequest) -> Answer<'a> {
        self.answer(&request.asked.redirect, request.state.as_deref())
    }

    fn answer<'a>(&'a self, to: &'a Redirect, state: Option<&'a str>) -> Answer<'a> {
        Answer {
            to,
            state,
            issuer: &self.issuer,
            pages: &self.pages,
        }
    }

    /// What people call the client; its id, if it has gone since the page was shown.
    fn client_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.clients.find(id).map_or(id, |client| &client.name)
    }
}

/// The error of a request that could not be put into a form or a code.
fn unsealed(error: &SealError) -> AuthorizationError {
    match error {
        SealError::TooLong => TOO_LARGE,
        _ => UNAVAILABLE,
    }
}

/// What the form carries, sealed: the request, and the browser that it was shown to.
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

/// How long the login page may stay open.
const FORM_TTL: Duration = Duration::from_secs(10 * 60);

/// The largest sealed request, and room for a long name and password.
const FORM_LIMIT: usize = 64 * 1024;
