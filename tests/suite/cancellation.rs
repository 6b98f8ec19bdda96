//! A future that is dropped, wherever it waits, leaves a session before or after, and a client that
//! can go on.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::Full;
use reissue::client::{Client, Clients, ClientsError, SecretHash};
use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};
use reissue::store::MemoryStore;
use reissue::{Grant, PresentedToken, RefreshLayer, RequestBody, RevocationEndpoint};
use reissue_tests::{
    Engine, Fault, ManualClock, SECRET, Slow, Stutter, TestKeys, basic, confidential, drop_after,
    trusted,
};
use tower::{Layer as _, Service, service_fn};

#[tokio::test]
async fn a_refresh_that_is_dropped_anywhere_can_be_repeated() {
    let engine = slow();
    let mut generations = Vec::new();
    for polls in 0.. {
        let token = engine.login().await;
        let done = drop_after(polls, engine.refresh(&token)).is_some();
        generations.push(engine.generation().await.unwrap());
        goes_on(&engine, &token).await;
        if done {
            break;
        }
    }
    // The hook waits once, the store twice: before the rotation and after it.
    assert_eq!(generations, [0, 0, 0, 1, 1]);
}

#[tokio::test]
async fn a_token_request_that_is_dropped_anywhere_can_be_repeated() {
    let engine = slow();
    let mut generations = Vec::new();
    for polls in 0.. {
        let token = engine.login().await;
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        let mut endpoint = RefreshLayer::new(engine.server.clone()).layer(service_fn(granting));
        let done = drop_after(polls, endpoint.call(post(&form))).is_some();
        generations.push(engine.generation().await.unwrap());
        goes_on(&engine, &token).await;
        if done {
            break;
        }
    }
    // The body waits once, the registry once, then as above.
    assert_eq!(generations, [0, 0, 0, 0, 0, 1, 1]);
}

#[tokio::test]
async fn a_retry_that_is_dropped_anywhere_advances_nothing() {
    let engine = slow();
    for polls in 0.. {
        let token = engine.login().await;
        engine.successor(&token).await;
        let done = drop_after(polls, engine.refresh(&token)).is_some();
        assert_eq!(engine.generation().await, Some(1));
        goes_on(&engine, &token).await;
        if done {
            return;
        }
    }
}

#[tokio::test]
async fn a_refresh_after_a_change_that_is_dropped_anywhere_can_be_repeated() {
    let engine = slow();
    for polls in 0.. {
        let token = engine.login().await;
        let (sid, _) = engine.only_record().await.unwrap();
        let amended = engine.server.amend_session("alice", sid, |grant| {
            grant.scope = "read".parse().unwrap();
        });
        assert_eq!(amended.await.unwrap(), reissue::AmendOutcome::Done);
        let done = drop_after(polls, engine.refresh(&token)).is_some();
        assert!(engine.generation().await.unwrap() <= 1);
        let tokens = engine.refresh(&token).await.unwrap();
        assert_eq!(tokens.scope.as_str(), "read");
        goes_on(&engine, &token).await;
        if done {
            return;
        }
    }
}

#[tokio::test]
async fn a_login_that_is_dropped_anywhere_can_be_repeated() {
    let engine = slow();
    let mut sessions = Vec::new();
    for polls in 0.. {
        let form = "grant_type=password&username=alice&password=right";
        let mut endpoint = RefreshLayer::new(engine.server.clone()).layer(service_fn(granting));
        let done = drop_after(polls, endpoint.call(post(form))).is_some();
        let left = engine.server.revoke_sessions("alice", None).await.unwrap();
        sessions.push(left);
        let token = engine.login().await;
        goes_on(&engine, &token).await;
        if done {
            break;
        }
    }
    // Body, registry, inner service and store wait; only the last wait comes after something was
    // kept.
    assert_eq!(sessions, [0, 0, 0, 0, 0, 1, 1]);
}

#[tokio::test]
async fn a_revocation_that_is_dropped_anywhere_can_be_repeated() {
    let engine = slow();
    for polls in 0.. {
        let token = engine.login().await;
        let mut endpoint = RevocationEndpoint::new(engine.server.clone());
        let request = post(&format!("token={token}"));
        let done = drop_after(polls, endpoint.call(request)).is_some();
        let lives = engine.generation().await.is_some();
        assert!(!(done && lives), "it was answered, and the session lives");
        assert_eq!(engine.refresh(&token).await.is_ok(), lives);
        engine
            .server
            .revoke(&trusted("web"), PresentedToken::new(&token))
            .await
            .unwrap();
        assert!(engine.refresh(&token).await.is_err());
        if done {
            return;
        }
    }
}

#[tokio::test]
async fn reuse_that_is_noticed_by_a_request_that_is_dropped_is_noticed_again() {
    let engine = slow();
    for polls in 0.. {
        let stolen = engine.login().await;
        let current = engine.successor(&stolen).await;
        engine.clock.advance(Duration::from_secs(61));
        let done = drop_after(polls, engine.refresh(&stolen)).is_some();
        assert!(engine.refresh(&stolen).await.is_err());
        assert!(engine.refresh(&current).await.is_err());
        assert_eq!(engine.generation().await, None);
        if done {
            return;
        }
    }
}

#[tokio::test]
async fn a_store_that_never_responds_costs_one_generation_at_most() {
    for (fault, generation) in [(Fault::HangBefore, 0), (Fault::HangAfter, 1)] {
        let engine = Engine::new();
        let token = engine.login().await;
        engine.store.plan(fault);
        assert!(drop_after(9, engine.refresh(&token)).is_none());
        assert_eq!(engine.generation().await, Some(generation));
        let successor = engine.successor(&token).await;
        assert_eq!(engine.generation_of(&successor), 1);
        assert_eq!(engine.generation().await, Some(1));
        assert_eq!(engine.generation_of(&engine.successor(&successor).await), 2);
    }
}

#[tokio::test]
async fn a_revocation_to_which_the_store_never_responds_can_be_repeated() {
    for (fault, lives) in [(Fault::HangBefore, true), (Fault::HangAfter, false)] {
        let engine = Engine::new();
        let token = engine.login().await;
        engine.store.plan(fault);
        let web = trusted("web");
        assert!(drop_after(9, engine.server.revoke(&web, PresentedToken::new(&token))).is_none());
        assert_eq!(engine.generation().await.is_some(), lives);
        engine
            .server
            .revoke(&web, PresentedToken::new(&token))
            .await
            .unwrap();
        assert_eq!(engine.generation().await, None);
    }
}

#[tokio::test]
async fn a_login_to_which_the_store_never_responds_leaves_at_most_one_unused_session() {
    for (fault, left) in [(Fault::HangBefore, 0), (Fault::HangAfter, 1)] {
        let engine = Engine::new();
        engine.store.plan(fault);
        assert!(drop_after(9, engine.login()).is_none());
        let sessions = engine.server.sessions("alice").await.unwrap();
        assert_eq!(sessions.len(), left);
        let token = engine.login().await;
        assert!(engine.refresh(&token).await.is_ok());
    }
}

#[tokio::test]
async fn a_client_that_goes_away_while_its_secret_is_checked_changes_nothing() {
    let engine = slow();
    let token = engine.login().await;
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let slow_secret = SecretHash::argon2id(SECRET).unwrap();
    let registry = SlowClients(Client::confidential("web", slow_secret));
    let (store, keys) = (engine.store.clone(), engine.keys.clone());
    let careful = Engine::assembled(registry, store, &engine.clock, keys, |server| {
        server.with_slow_hash_concurrency(1).with_slow_hash_queue(0)
    });
    let mut endpoint = RefreshLayer::new(careful.server).layer(service_fn(granting));
    // The body and the registry wait once each; the third poll starts the check on its thread.
    assert!(drop_after(3, endpoint.call(post(&form))).is_none());
    assert_eq!(engine.generation().await, Some(0));
    // Its place is free again when the check is done, although its result was dropped.
    loop {
        let response = endpoint.call(post(&form)).await.unwrap();
        match response.status().as_u16() {
            200 => break,
            503 => tokio::task::yield_now().await,
            other => panic!("{other}"),
        }
    }
    assert_eq!(engine.generation().await, Some(1));
}

/// However the first attempt ended: the token is good, the session has advanced once, and there is
/// one chain.
async fn goes_on(engine: &Engine<Slow<MemoryStore>>, token: &str) {
    let successor = engine.successor(token).await;
    assert_eq!(engine.generation_of(&successor), 1);
    assert_eq!(engine.generation().await, Some(1));
    let next = engine.successor(&successor).await;
    assert_eq!(engine.generation_of(&next), 2);
    assert_eq!(engine.generation().await, Some(2));
    assert_eq!(
        engine.server.revoke_sessions("alice", None).await.unwrap(),
        1
    );
}

/// Everything that a request can wait for makes it wait.
fn slow() -> Engine<Slow<MemoryStore>> {
    let clock = ManualClock::default();
    let store = Slow(MemoryStore::with_clock(clock.clone()));
    let clients = SlowClients(confidential("web"));
    Engine::assembled(clients, store, &clock, TestKeys::generate(), |server| {
        server.with_hook(SlowHook)
    })
}

struct SlowClients(Client);

impl Clients for SlowClients {
    async fn find(&self, _: &str) -> Result<Option<Arc<Client>>, ClientsError> {
        Stutter::default().await;
        Ok(Some(Arc::new(self.0.clone())))
    }
}

struct SlowHook;

impl RefreshHook for SlowHook {
    async fn on_refresh(&self, _: &Refreshing<'_>) -> Result<Decision, HookError> {
        Stutter::default().await;
        Ok(Decision::allow())
    }
}

async fn granting(_: Request<RequestBody<SlowBody>>) -> Result<Response<SlowBody>, Infallible> {
    Stutter::default().await;
    let mut response = Response::new(SlowBody::new(""));
    response.extensions_mut().insert(Grant::new("alice"));
    Ok(response)
}

/// A body that has to be waited for.
struct SlowBody {
    wait: Stutter,
    data: Full<Bytes>,
}

impl SlowBody {
    fn new(text: &str) -> Self {
        Self {
            wait: Stutter::default(),
            data: Full::from(text.to_owned()),
        }
    }
}

impl Body for SlowBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        ready!(Pin::new(&mut self.wait).poll(cx));
        Pin::new(&mut self.data).poll_frame(cx)
    }
}

fn post(form: &str) -> Request<SlowBody> {
    Request::post("/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, basic("web"))
        .body(SlowBody::new(form))
        .unwrap()
}
