//! One of several servers over the same store, called as clients call it, and its responses in the
//! words of the model.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use http_body_util::Full;
use reissue::client::ClientMap;
use reissue::store::BoxedStore;
use reissue::{
    AmendOutcome, Denial, Grant, IntrospectionEndpoint, Policy, RefreshLayer, RequestBody,
    RevocationEndpoint, Server, Sid,
};
use reissue_tests::history::Response;
use reissue_tests::model::{Name, Refusal, Scopes, Token};
use reissue_tests::{ISSUER, ManualClock, TestKeys, basic, claims, confidential, jwt_part};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

/// One of several servers over the same store.
#[derive(Clone, Debug)]
pub(super) struct Node {
    server: Server,
    keys: TestKeys,
}

/// A refresh token, and what the model knows of it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) token: Token,
    pub(super) text: String,
}

impl Node {
    /// With a client for each of these policies.
    pub(super) fn new(
        store: BoxedStore,
        keys: &TestKeys,
        policies: &[(&'static str, Policy)],
    ) -> Self {
        let clients = policies
            .iter()
            .map(|(id, policy)| confidential(id).with_policy(policy.clone()));
        let clients = ClientMap::new(clients).expect("the clients differ");
        let server = Server::builder(ISSUER, keys.keys(), clients, store)
            .with_clock(ManualClock::default())
            .with_session_limit(None);
        Self {
            server: server.build().expect("the configuration is good"),
            keys: keys.clone(),
        }
    }

    /// `None` if the outcome is unknown.
    pub(super) async fn login(&self, client: &str, number: usize) -> Option<Held> {
        let user = subject(number);
        let form = format!("grant_type=password&username={user}&password=right");
        let (status, _, json) = self.token(client, form).await;
        (status == StatusCode::OK).then(|| self.read(&json, number).1)
    }

    /// The response, and its token. `None` if the outcome is unknown.
    pub(super) async fn refresh(
        &self,
        client: &str,
        held: &Held,
        asked: Option<Scopes>,
    ) -> Option<(Response, Option<Held>)> {
        let scope = asked.map_or_else(String::new, |asked| format!("&scope={}", spelled(asked)));
        let form = format!(
            "grant_type=refresh_token&refresh_token={}{scope}",
            held.text
        );
        let (status, denial, json) = self.token(client, form).await;
        if status == StatusCode::OK {
            let (response, newer) = self.read(&json, usize::from(held.token.family.subject));
            assert_eq!(newer.token.family, held.token.family, "another's session");
            return Some((response, Some(newer)));
        }
        Some((Response::Refused(refusal(denial?)?), None))
    }

    pub(super) async fn revoke(&self, client: &str, held: &Held) -> Option<Response> {
        let form = format!("token={}", held.text);
        let service = RevocationEndpoint::new(self.server.clone());
        let (status, _, _) = send(service, client, form).await;
        (status == StatusCode::OK).then_some(Response::Revoked)
    }

    pub(super) async fn introspect(&self, client: &str, held: &Held) -> Option<Response> {
        let form = format!("token={}", held.text);
        let service = IntrospectionEndpoint::new(self.server.clone());
        let (status, _, json) = send(service, client, form).await;
        let active = json["active"].as_bool();
        (status == StatusCode::OK).then(|| Response::Active(active.expect("yes or no")))
    }

    pub(super) async fn revoke_session(&self, name: Name) -> Option<Response> {
        let subject = subject(usize::from(name.subject));
        let revoked = self.server.revoke_session(&subject, sid(name)).await;
        revoked.ok().map(|_| Response::Revoked)
    }

    pub(super) async fn revoke_sessions(&self, number: usize) -> Option<Response> {
        let revoked = self.server.revoke_sessions(&subject(number), None).await;
        revoked.ok().map(|_| Response::Revoked)
    }

    pub(super) async fn sessions(&self, number: usize) -> Option<Response> {
        let sessions = self.server.sessions(&subject(number)).await.ok()?;
        let listed = sessions
            .iter()
            .map(|session| (name(number, session.sid), scopes(session.scope.as_str())));
        Some(Response::Listed(listed.collect()))
    }

    pub(super) async fn amend(&self, of: Name, to: Scopes) -> Option<Response> {
        let subject = subject(usize::from(of.subject));
        let scope = spelled(to).replace('+', " ");
        let amended = self.server.amend_session(&subject, sid(of), |grant| {
            grant.scope = scope.parse().expect("a good scope");
        });
        match amended.await.ok()? {
            AmendOutcome::Done => Some(Response::Amended(true)),
            AmendOutcome::Missing => Some(Response::Amended(false)),
            other => panic!("{other:?}"),
        }
    }

    async fn token(
        &self,
        client: &str,
        form: String,
    ) -> (StatusCode, Option<Denial>, serde_json::Value) {
        let login = service_fn(async |request: Request<RequestBody<Full<Bytes>>>| {
            Ok::<_, Infallible>(granted(&request))
        });
        send(
            RefreshLayer::new(self.server.clone()).layer(login),
            client,
            form,
        )
        .await
    }

    /// The contents of a 200 of the token endpoint.
    fn read(&self, json: &serde_json::Value, number: usize) -> (Response, Held) {
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        let opened = self.keys.open(&refresh);
        let claims = claims(&access);
        assert_eq!(jwt_part(&access, 0)["typ"], "at+jwt");
        let sid = claims["sid"].as_str().and_then(|sid| sid.parse().ok());
        let token = Token {
            family: name(number, sid.expect("the access token names its session")),
            generation: opened.generation,
            revision: opened.revision,
            scopes: scopes(&opened.scope),
            issued_at: 0,
            expires_at: None,
        };
        let response = Response::Tokens {
            generation: token.generation,
            revision: token.revision,
            sealed: token.scopes,
            scopes: scopes(claims["scope"].as_str().unwrap_or_default()),
        };
        let text = refresh;
        (response, Held { token, text })
    }
}

pub(super) fn subject(number: usize) -> String {
    format!("user-{number}")
}

async fn send<S, B>(
    service: S,
    client: &str,
    form: String,
) -> (StatusCode, Option<Denial>, serde_json::Value)
where
    S: Service<Request<Full<Bytes>>, Response = http::Response<B>, Error = Infallible>,
    B: http_body_util::BodyExt<Data = Bytes>,
{
    let request = Request::post("/")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, basic(client))
        .body(Full::from(form))
        .expect("the request is well-formed");
    let Ok(response) = service.oneshot(request).await;
    let answer = reissue_tests::TestResponse::read(response).await;
    (answer.status, answer.denial, answer.json)
}

fn granted(request: &Request<RequestBody<Full<Bytes>>>) -> http::Response<Full<Bytes>> {
    let parameters = request.extensions().get::<reissue::Parameters>();
    let user = parameters.and_then(|parameters| parameters.get("username"));
    let scope = spelled(ALL).replace('+', " ");
    let grant = Grant::new(user.expect("somebody logs in"))
        .with_scope(scope.parse().expect("a good scope"));
    let mut response = http::Response::new(Full::default());
    response.extensions_mut().insert(grant);
    response
}

/// Why a refresh was denied; `None` for a 503. Panics for anything else.
fn refusal(denial: Denial) -> Option<Refusal> {
    match denial {
        Denial::RolledBack => Some(Refusal::RolledBack),
        Denial::ScopeNotGranted => Some(Refusal::Scope),
        Denial::SessionMissing => Some(Refusal::Missing),
        Denial::TokenSuperseded => Some(Refusal::Superseded),
        Denial::TokenReused => Some(Refusal::Reused),
        other => {
            assert!(other.status().is_server_error(), "{other:?}");
            None
        }
    }
}

fn name(number: usize, sid: Sid) -> Name {
    Name {
        subject: u8::try_from(number).expect("there are fewer than 256 clients"),
        sid: u128::from_be_bytes(*sid.as_bytes()),
    }
}

fn sid(name: Name) -> Sid {
    Sid::from_bytes(name.sid.to_be_bytes())
}

fn scopes(scope: &str) -> Scopes {
    let bit = |word: &str| WORDS.iter().position(|it| *it == word);
    scope.split_whitespace().fold(0, |bits, word| {
        bits | 1 << bit(word).expect("a scope that was granted")
    })
}

/// As it stands in a form.
fn spelled(scopes: Scopes) -> String {
    let words = WORDS.iter().enumerate();
    let chosen: Vec<_> = words
        .filter(|(bit, _)| scopes & 1 << bit != 0)
        .map(|(_, word)| *word)
        .collect();
    chosen.join("+")
}

/// What every login is granted.
pub(super) const ALL: Scopes = 0b11;

/// The narrower scope that is requested.
pub(super) const READ: Scopes = 0b01;

pub(super) const WORDS: [&str; 2] = ["read", "write"];
