//! Every kind of request and every kind of trouble, once.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use reissue::client::{AuthenticatedClient, Client, ClientMap, SecretHash};
use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};
use reissue::{
    Denial, Grant, GrantType, IntrospectionEndpoint, Parameters, RefreshLayer, RequestBody,
    RevocationEndpoint, Server, ServerBuilder,
};
use reissue_tests::{
    Engine, Fault, FaultyStore, ManualClock, SECRET, TestKeys, basic, confidential,
};
use serde_json::Value;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use super::evidence::{Evidence, Overheard};

type Watched = Engine<FaultyStore<Overheard>>;

pub(super) async fn run(evidence: &Evidence) {
    evidence.client_secret(SECRET);
    for secret in [PASSWORD, WRONG_SECRET, CODE, HUMAN_SECRET, GARBAGE] {
        evidence.secret(secret);
    }
    let (engine, token) = watched(evidence);
    evidence.keys(&engine.keys);
    logins(&token, &engine).await;
    refreshes(&token, &engine).await;
    refusals(&token).await;
    trouble(&token, &engine, evidence).await;
    others(&token, &engine, evidence).await;
}

async fn logins(token: &Endpoint, engine: &Watched) {
    let password = format!("grant_type=password&username=alice&password={PASSWORD}");
    token.send(Some(basic("web")), &password).await;
    let in_body = format!("{password}&client_id=web&client_secret={SECRET}");
    token.send(None, &in_body).await;
    let human = format!("{password}&client_id=human&client_secret={HUMAN_SECRET}");
    token.send(None, &human).await;
    let wrong_human = format!("{password}&client_id=human&client_secret={WRONG_SECRET}");
    token.send(None, &wrong_human).await;
    let code = format!("grant_type=authorization_code&code={CODE}&code_verifier={CODE}");
    token.send(Some(basic("web")), &code).await;
    let rejected = format!("grant_type=password&username=mallory&password={PASSWORD}");
    token.send(Some(basic("web")), &rejected).await;
    engine.store.plan(Fault::Before);
    token.send(Some(basic("web")), &password).await;
}

async fn refreshes(token: &Endpoint, engine: &Watched) {
    let first = token.login().await;
    let second = token.refresh(&first).await;
    let third = token.refresh(&second).await;
    token.refresh(&second).await;
    token.refresh(&first).await;
    token
        .send(Some(basic("other")), &refresh_form(&third))
        .await;
    let narrow = format!("{}&scope=read", refresh_form(&third));
    token.send(Some(basic("web")), &narrow).await;
    let wide = format!("{}&scope=admin", refresh_form(&third));
    token.send(Some(basic("web")), &wide).await;
    let elsewhere = format!("{}&resource=https://api.example", refresh_form(&third));
    token.send(Some(basic("web")), &elsewhere).await;
    engine.clock.advance(Duration::from_secs(61));
    token.refresh(&first).await;
    token.refresh(&third).await;
    let expired = token.login().await;
    engine.clock.advance(Duration::from_secs(31 * 24 * 3_600));
    token.refresh(&expired).await;
}

async fn refusals(token: &Endpoint) {
    let good = refresh_form(&token.login().await);
    let wrong = format!("Basic {}", base64_of(&format!("web:{WRONG_SECRET}")));
    token.evidence.secret(&wrong["Basic ".len()..]);
    token
        .send(Some(HeaderValue::try_from(wrong).unwrap()), &good)
        .await;
    let unknown = format!("Basic {}", base64_of(&format!("nobody:{WRONG_SECRET}")));
    token.evidence.secret(&unknown["Basic ".len()..]);
    token
        .send(Some(HeaderValue::try_from(unknown).unwrap()), &good)
        .await;
    let bearer = format!("Bearer {WRONG_SECRET}");
    token
        .send(Some(HeaderValue::try_from(bearer).unwrap()), &good)
        .await;
    let twice = format!("{good}&client_id=web&client_secret={SECRET}");
    token.send(Some(basic("web")), &twice).await;
    let repeated = format!("{good}&refresh_token={GARBAGE}");
    token.send(Some(basic("web")), &repeated).await;
    token
        .send(Some(basic("web")), &format!("{good}&broken=%"))
        .await;
    token.send(Some(basic("web")), &refresh_form(GARBAGE)).await;
    token
        .send(Some(basic("web")), "grant_type=refresh_token")
        .await;
    let unsupported = format!("grant_type=teleport&assertion={CODE}");
    token.send(Some(basic("web")), &unsupported).await;
    let spoilt = good.replacen("v4.local.", "v4.local.A", 1);
    token.send(Some(basic("web")), &spoilt).await;
}

async fn trouble(token: &Endpoint, engine: &Watched, evidence: &Evidence) {
    struct Failing;

    impl RefreshHook for Failing {
        async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
            if refreshing.scope.contains("openid") {
                return Err(HookError::new("the directory is down"));
            }
            Ok(Decision::DenyAndRevoke)
        }
    }

    let first = token.login().await;
    for fault in [Fault::Before, Fault::After] {
        engine.store.plan(fault);
        token.refresh(&first).await;
    }
    let hooked = engine.twin_with(|server| loud(server, evidence).with_hook(Failing));
    let hooked = Endpoint::new(&hooked.server, &engine.keys, evidence);
    hooked.refresh(&first).await;
    hooked
        .send(
            Some(basic("web")),
            &format!("{}&scope=read", refresh_form(&first)),
        )
        .await;
    let stranger = Engine::over(engine.store.clone(), &engine.clock, |server| {
        loud(server, evidence)
    });
    evidence.keys(&stranger.keys);
    let stranger = Endpoint::new(&stranger.server, &stranger.keys, evidence);
    stranger.refresh(&token.login().await).await;
}

async fn others(token: &Endpoint, engine: &Watched, evidence: &Evidence) {
    let refresh_token = token.login().await;
    let tokens = engine.refresh(&refresh_token).await.unwrap();
    evidence.tokens(&engine.keys, &tokens);
    let server = &engine.server;
    for asked in [
        refresh_token.as_str(),
        tokens.access_token.expose(),
        GARBAGE,
    ] {
        for client in ["web", "other"] {
            let request = request(Some(basic(client)), &format!("token={asked}"));
            let said = IntrospectionEndpoint::new(server.clone())
                .oneshot(request)
                .await;
            evidence.note(&said.unwrap());
            let request = self::request(Some(basic(client)), &format!("token={asked}"));
            let said = RevocationEndpoint::new(server.clone())
                .oneshot(request)
                .await;
            evidence.note(&said.unwrap());
        }
    }
    token.login().await;
    let sessions = server.sessions("alice").await.unwrap();
    evidence.note(&sessions);
    let narrow = |grant: &mut Grant| grant.scope = "read".parse().unwrap();
    server
        .amend_session("alice", sessions[0].sid, narrow)
        .await
        .unwrap();
    let code = server.one_time_id("code", CODE.as_bytes());
    evidence.note(&server.consume(code, Duration::from_secs(60)).await);
    engine.store.plan(Fault::Before);
    evidence.error(&server.revoke_sessions("alice", None).await.unwrap_err());
    server.revoke_sessions("alice", None).await.unwrap();
}

/// A server that logs everything, to the log and the evidence.
fn watched(evidence: &Evidence) -> (Watched, Endpoint) {
    let human = Client::confidential("human", SecretHash::argon2id(HUMAN_SECRET).unwrap());
    let human = human.with_grant_types([GrantType::PASSWORD]);
    let web =
        confidential("web").with_grant_types([GrantType::AUTHORIZATION_CODE, GrantType::PASSWORD]);
    let clients = ClientMap::new([web, confidential("other"), human]).unwrap();
    let clock = ManualClock::default();
    let store = FaultyStore::new(Overheard::new(&clock, evidence));
    let engine = Engine::assembled(clients, store, &clock, TestKeys::generate(), |server| {
        loud(server, evidence)
    });
    let endpoint = Endpoint::new(&engine.server, &engine.keys, evidence);
    (engine, endpoint)
}

fn loud(server: ServerBuilder, evidence: &Evidence) -> ServerBuilder {
    let evidence = evidence.clone();
    server.with_events(move |event| evidence.note(event))
}

/// A token endpoint: its log is evidence, its responses are secrets.
struct Endpoint {
    server: Server,
    keys: TestKeys,
    evidence: Evidence,
}

impl Endpoint {
    fn new(server: &Server, keys: &TestKeys, evidence: &Evidence) -> Self {
        Self {
            server: server.clone(),
            keys: keys.clone(),
            evidence: evidence.clone(),
        }
    }

    async fn login(&self) -> String {
        let form = format!("grant_type=password&username=alice&password={PASSWORD}");
        let token = self.send(Some(basic("web")), &form).await;
        token.expect("the login works")
    }

    async fn refresh(&self, token: &str) -> String {
        let answered = self.send(Some(basic("web")), &refresh_form(token)).await;
        answered.unwrap_or_default()
    }

    async fn send(&self, authorization: Option<HeaderValue>, form: &str) -> Option<String> {
        let evidence = self.evidence.clone();
        let inner = service_fn(move |request: Request<RequestBody<Full<Bytes>>>| {
            evidence.note(&request);
            evidence.note(&request.extensions().get::<AuthenticatedClient>());
            let parameters = request.extensions().get::<Parameters>().unwrap();
            evidence.note(parameters);
            assert_eq!(parameters.get("client_secret"), None);
            let mut response = Response::new(Full::<Bytes>::default());
            match parameters.get("username") {
                Some("mallory") => *response.status_mut() = http::StatusCode::BAD_REQUEST,
                _ => {
                    let scope = "openid read".parse().unwrap();
                    let grant = Grant::new("alice").with_scope(scope);
                    response.extensions_mut().insert(grant);
                }
            }
            async { Ok::<_, Infallible>(response) }
        });
        let mut service = RefreshLayer::new(self.server.clone()).layer(inner);
        let future = service.call(request(authorization, form));
        self.evidence.note(&future);
        let (head, body) = future.await.unwrap().into_parts();
        self.evidence.note(&head);
        match head.extensions.get::<Denial>() {
            Some(denial) => self.evidence.error(denial),
            None => assert!(head.extensions.is_empty(), "{:?}", head.extensions),
        }
        let body = body.collect().await.unwrap().to_bytes();
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        let Some(access_token) = json["access_token"].as_str() else {
            self.evidence.raw(&body);
            return None;
        };
        let refresh_token = json["refresh_token"].as_str();
        self.evidence
            .token_texts(&self.keys, access_token, refresh_token);
        refresh_token.map(ToOwned::to_owned)
    }
}

fn request(authorization: Option<HeaderValue>, form: &str) -> Request<Full<Bytes>> {
    let mut request = Request::post("/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(form.to_owned()))
        .unwrap();
    if let Some(authorization) = authorization {
        request.headers_mut().insert(AUTHORIZATION, authorization);
    }
    request
}

fn refresh_form(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(text)
}

const PASSWORD: &str = "planted-password-of-alice";
const HUMAN_SECRET: &str = "planted-secret-of-a-person";
const WRONG_SECRET: &str = "planted-secret-that-is-wrong";
const CODE: &str = "planted-authorization-code";
const GARBAGE: &str = "planted-token-that-is-garbage";
