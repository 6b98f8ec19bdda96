//! The requests, in this order, and the responses. What takes a clock, a store that fails, or
//! routes of the test is left out where the server is a program of its own.

mod documents;
mod resources;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use reissue_tests::{Fault, SECRET, TestResponse, basic, form};

use super::stack::{ECHO, FIRST, LOGIN_HEADER, Stack};

/// One request, and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    name: String,
    summary: String,
    wire: String,
    events: Option<Vec<String>>,
}

impl Line {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn summary(&self) -> &str {
        &self.summary
    }

    /// Whether both are the same, as far as both are known.
    pub(super) fn assert_like(&self, expected: &Self, stack: &str) {
        assert_eq!(self.name, expected.name, "{stack}");
        assert_eq!(self.wire, expected.wire, "{stack}: {}", self.name);
        if let (Some(events), Some(expected)) = (&self.events, &expected.events) {
            assert_eq!(events, expected, "{stack}: {}", self.name);
        }
    }
}

/// Has the whole dialogue with a server.
pub(super) async fn dialogue(stack: &Stack) -> Vec<Line> {
    let mut talk = Talk {
        stack,
        lines: Vec::new(),
    };
    let login = talk.says("200", "a login", app(LOGIN)).await;
    let token = login.refresh_token();
    malformed(&mut talk, token).await;
    clients(&mut talk, token).await;
    refused(&mut talk, token).await;
    let access_token = refreshed(&mut talk, token).await;
    introspected_and_revoked(&mut talk, access_token).await;
    if stack.endpoint.is_some() {
        assert_eq!(login.headers[LOGIN_HEADER], FIRST);
        handled(&mut talk).await;
        documents::published(&mut talk).await;
        resources::guarded(&mut talk).await;
        resources::sessions(&mut talk).await;
        expired(&mut talk).await;
        passed(&mut talk).await;
    }
    talk.lines
}

async fn malformed(talk: &mut Talk<'_>, token: &str) {
    let good = refresh(token);
    let get = with_method(app(&good), Method::GET);
    talk.says("405 invalid_request", "by GET", get).await;
    let put = with_method(app(&good), Method::PUT);
    talk.says("405 invalid_request", "by PUT", put).await;
    for (name, request) in [
        ("a bad encoding", app("grant_type=%zz")),
        ("no grant type", app("refresh_token=x")),
        ("an empty grant type", app("grant_type=")),
        (
            "a parameter twice",
            app(&format!("{good}&scope=read&scope=read")),
        ),
        ("too many parameters", app(&"p=1&".repeat(101))),
        ("no refresh token", app("grant_type=refresh_token")),
        ("no username", app("grant_type=password")),
        ("no content type", without(app(&good), CONTENT_TYPE)),
        ("JSON", with(app(&good), CONTENT_TYPE, "application/json")),
        ("an encoding", with(app(&good), CONTENT_ENCODING, "gzip")),
    ] {
        talk.says("400 invalid_request", name, request).await;
    }
    let large = app(&format!("{good}&filler={}", "x".repeat(64 * 1024)));
    talk.says("413 invalid_request", "a large body", large)
        .await;
}

async fn clients(talk: &mut Talk<'_>, token: &str) {
    let good = refresh(token);
    let basic_of = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
    for (name, authorization) in [
        ("an unknown client", basic_of("nobody:secret")),
        ("a wrong secret", basic_of("web:wrong")),
        (
            "a disabled client",
            basic("gone").to_str().unwrap().to_owned(),
        ),
        ("no base64", "Basic ?".to_owned()),
        ("another scheme", "Bearer token".to_owned()),
    ] {
        let request = with(form(good.clone()), AUTHORIZATION, &authorization);
        talk.says("401 invalid_client", name, request).await;
    }
    let nobody = form(good.clone());
    talk.says("401 invalid_client", "no credentials", nobody)
        .await;
    let both = web(&format!("{good}&client_secret=x"));
    talk.says("400 invalid_request", "two methods", both).await;
    let differ = web(&format!("{good}&client_id=other"));
    talk.says("400 invalid_request", "two clients", differ)
        .await;
    let short = form(format!("{good}&client_id=short"));
    talk.says(
        "400 unauthorized_client",
        "a client without the grant",
        short,
    )
    .await;
    let grant = web("grant_type=implicit");
    talk.says("400 unsupported_grant_type", "an unknown grant", grant)
        .await;
}

/// What the handler gets, and how its response is treated.
async fn handled(talk: &mut Talk<'_>) {
    // `web` is registered for it; the handler is not.
    let grant = web("grant_type=client_credentials");
    talk.says("400 unsupported_grant_type", "another grant", grant)
        .await;
    let secret = SECRET.replace(' ', "+");
    let body = format!("grant_type={ECHO}&client_id=web&client_secret={secret}&more=1");
    let echo = form(body.clone());
    let echo = talk.says("200", "the handler's own response", echo).await;
    let expected = format!("web grant_type client_id more {body}");
    assert_eq!(echo.body, expected, "no secret but in the body");
    let greedy = app(&LOGIN.replace("alice", "greedy"));
    talk.says("400 invalid_scope", "a grant that is too wide", greedy)
        .await;
}

async fn refused(talk: &mut Talk<'_>, token: &str) {
    let good = refresh(token);
    for (name, request) in [
        ("a wrong password", app(&LOGIN.replace("wonderland", "oz"))),
        ("garbage", app(&refresh("garbage"))),
        (
            "a truncated token",
            app(&refresh(&token[..token.len() - 2])),
        ),
        ("another client's token", web(&good)),
    ] {
        talk.says("400 invalid_grant", name, request).await;
    }
    for (name, scope) in [
        ("a wider scope", "admin"),
        ("a malformed scope", "read++write"),
    ] {
        let request = app(&format!("{good}&scope={scope}"));
        talk.says("400 invalid_scope", name, request).await;
    }
    for (name, resource) in [
        ("another resource", "https://x.example"),
        ("no resource", "x"),
    ] {
        let request = app(&format!("{good}&resource={resource}"));
        talk.says("400 invalid_target", name, request).await;
    }
    for (name, request) in [("a refresh", app(&good)), ("a login", app(LOGIN))] {
        let name = format!("{name} while the store is down");
        talk.finds_the_store_down(&name, request).await;
    }
}

/// Returns an access token that has expired, if there is a clock.
async fn refreshed(talk: &mut Talk<'_>, token: &str) -> Option<String> {
    let narrow = app(&format!("{}&scope=read", refresh(token)));
    let narrowed = talk.says("200", "a narrowed refresh", narrow).await;
    assert_eq!(narrowed.text("scope"), "read");
    let replayed = app(&refresh(token));
    talk.says("200", "the same again within grace", replayed)
        .await;
    let next = app(&refresh(narrowed.refresh_token()));
    let next = talk.says("200", "the successor", next).await;
    assert_eq!(next.text("scope"), "read write");
    let endpoint = talk.stack.endpoint.as_ref()?;
    endpoint.clock.advance(Duration::from_secs(3600));
    let reused = app(&refresh(token));
    talk.says("400 invalid_grant", "an old token", reused).await;
    let ended = app(&refresh(next.refresh_token()));
    talk.says("400 invalid_grant", "a token of an ended session", ended)
        .await;
    Some(next.text("access_token").to_owned())
}

async fn introspected_and_revoked(talk: &mut Talk<'_>, expired: Option<String>) {
    let login = talk.says("200", "another login", app(LOGIN)).await;
    let of = |path: &str, request: Request<Full<Bytes>>| with_path(request, path);
    for token in [login.refresh_token(), login.text("access_token")] {
        let request = of("/introspect", web(&format!("token={token}")));
        let active = talk.says("200", "an active token", request).await;
        assert_eq!(active.json["active"], true);
    }
    for token in [Some("garbage".to_owned()), expired].into_iter().flatten() {
        let request = of("/introspect", web(&format!("token={token}")));
        let inactive = talk.says("200", "an inactive token", request).await;
        assert_eq!(inactive.body, r#"{"active":false}"#);
    }
    let token = format!("token={}", login.refresh_token());
    for path in ["/introspect", "/revoke"] {
        let get = of(path, with_method(web(&token), Method::GET));
        talk.says("405 invalid_request", path, get).await;
        let nothing = of(path, web("tokens=x"));
        talk.says("400 invalid_request", path, nothing).await;
        let large = of(path, web(&format!("token={}", "x".repeat(64 * 1024))));
        talk.says("413 invalid_request", path, large).await;
        let nobody = of(path, form(token.clone()));
        talk.says("401 invalid_client", path, nobody).await;
        let down = match path {
            "/revoke" => of(path, app(&token)),
            _ => of(path, web(&token)),
        };
        talk.finds_the_store_down(path, down).await;
    }
    let foreign = of("/revoke", web(&token));
    talk.says("200", "revoked by another client", foreign).await;
    let still = app(&refresh(login.refresh_token()));
    talk.says("200", "nothing came of it", still).await;
    let own = of("/revoke", app(&token));
    talk.says("200", "revoked", own).await;
    let gone = app(&refresh(login.refresh_token()));
    talk.says("400 invalid_grant", "a revoked token", gone)
        .await;
}

async fn expired(talk: &mut Talk<'_>) {
    let login = talk.says("200", "a third login", app(LOGIN)).await;
    let years = Duration::from_secs(10 * 365 * 24 * 60 * 60);
    talk.pass(years);
    let request = app(&refresh(login.refresh_token()));
    talk.says("400 invalid_grant", "an expired token", request)
        .await;
}

async fn passed(talk: &mut Talk<'_>) {
    let hello = with_path(with_method(app(""), Method::GET), "/hello?refresh_token=x");
    let hello = talk.says("200", "a GET that passes", hello).await;
    assert_eq!(hello.body, "hello");
    // It looks like a token request, but for its path.
    let body = "grant_type=refresh_token&refresh_token=%zz".repeat(4096);
    let echo = with_path(app(&body), "/echo");
    let echo = talk.says("200", "a POST that passes", echo).await;
    assert!(echo.body.starts_with(body.as_bytes()));
}

struct Talk<'a> {
    stack: &'a Stack,
    lines: Vec<Line>,
}

impl Talk<'_> {
    async fn says(
        &mut self,
        summary: &str,
        name: &str,
        request: Request<Full<Bytes>>,
    ) -> TestResponse {
        let response = self.stack.send(request).await;
        assert_eq!(response.summary(), summary, "{name}: {response:?}");
        let endpoint = self.stack.endpoint.as_ref();
        self.lines.push(Line {
            name: name.to_owned(),
            summary: summary.to_owned(),
            wire: redacted(&response),
            events: endpoint.map(|endpoint| endpoint.events.take_names()),
        });
        response
    }

    /// Asks while the store is down, if it is in this process.
    async fn finds_the_store_down(&mut self, name: &str, request: Request<Full<Bytes>>) {
        let Some(endpoint) = &self.stack.endpoint else {
            return;
        };
        endpoint.store.plan(Fault::Before);
        self.says("503 temporarily_unavailable", name, request)
            .await;
        endpoint.store.heal();
    }

    /// Lets time pass, if the clock is ours.
    fn pass(&self, time: Duration) {
        if let Some(endpoint) = &self.stack.endpoint {
            endpoint.clock.advance(time);
        }
    }
}

/// Returns the response without what differs from server to server by chance: tokens, and the names
/// of sessions and their order; and without what only some stacks add: the length of the body, and
/// the header of the handler.
fn redacted(response: &TestResponse) -> String {
    let mut plain = response.clone();
    plain.headers.remove(CONTENT_LENGTH);
    plain.headers.remove(LOGIN_HEADER);
    let mut wire = plain.redacted_wire();
    let Some(sessions) = response.json["sessions"].as_array() else {
        return wire;
    };
    for session in sessions {
        wire = wire.replace(session["sid"].as_str().unwrap(), "[sid]");
    }
    let (head, list) = wire.split_once("[{").unwrap();
    let (list, rest) = list.split_once("}]").unwrap();
    let mut list: Vec<&str> = list.split("},{").collect();
    list.sort_unstable();
    format!("{head}[{{{}}}]{rest}", list.join("},{"))
}

fn app(body: &str) -> Request<Full<Bytes>> {
    form(format!("{body}&client_id=app"))
}

fn web(body: &str) -> Request<Full<Bytes>> {
    let mut request = form(body.to_owned());
    request.headers_mut().insert(AUTHORIZATION, basic("web"));
    request
}

fn refresh(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}

fn with(mut request: Request<Full<Bytes>>, name: HeaderName, value: &str) -> Request<Full<Bytes>> {
    let value = HeaderValue::try_from(value).unwrap();
    request.headers_mut().insert(name, value);
    request
}

fn without(mut request: Request<Full<Bytes>>, name: HeaderName) -> Request<Full<Bytes>> {
    request.headers_mut().remove(name);
    request
}

fn with_method(mut request: Request<Full<Bytes>>, method: Method) -> Request<Full<Bytes>> {
    *request.method_mut() = method;
    request
}

fn with_path(mut request: Request<Full<Bytes>>, path: &str) -> Request<Full<Bytes>> {
    *request.uri_mut() = path.parse().unwrap();
    request
}

const LOGIN: &str = "grant_type=password&username=alice&password=wonderland";
