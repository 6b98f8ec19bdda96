//! Requests through the bearer layer, to a service that responds at once.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Empty;
use reissue::bearer::{BearerLayer, SessionCache};
use reissue::client::{AuthenticatedClient, ClientMap};
use reissue::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use reissue::store::MemoryStore;
use reissue::token::{AccessTokenFormat, Jwt, PasetoPublic};
use reissue::{Grant, GrantType, Keys, Server};
use reissue_tests::{ALL_SCOPES, confidential};
use tower::{Layer as _, Service, service_fn};

use crate::stopwatch::Subject;

pub(crate) fn jwt() -> Subject {
    let (server, token) = issued(Jwt::new(ring()));
    subject(&BearerLayer::for_server(&server), &token, StatusCode::OK)
}

pub(crate) fn paseto() -> Subject {
    let (server, token) = issued(PasetoPublic::new(ring()).expect("a key for EdDSA"));
    subject(&BearerLayer::for_server(&server), &token, StatusCode::OK)
}

pub(crate) fn session() -> Subject {
    let (server, token) = issued(Jwt::new(ring()));
    // Not for a minute, as usual, but for as long as the benchmark runs: the clock stands still.
    let now = reissue::Clock::now(&reissue::SystemClock);
    let layer = BearerLayer::for_server(&server)
        .with_clock(move || now)
        .with_cached_session_check(SessionCache::new());
    subject(&layer, &token, StatusCode::OK)
}

pub(crate) fn garbage() -> Subject {
    let (server, token) = issued(Jwt::new(ring()));
    let (signed, _) = token.rsplit_once('.').expect("a JWT has three parts");
    let status = StatusCode::UNAUTHORIZED;
    subject(
        &BearerLayer::for_server(&server),
        &format!("{signed}.AAAA"),
        status,
    )
}

/// Allocations of a verified request, less those of the same request without the layer.
pub(crate) fn added_allocations() -> u64 {
    let (server, token) = issued(Jwt::new(ring()));
    let mut verified = requests(
        BearerLayer::for_server(&server).layer(inner()),
        &token,
        StatusCode::OK,
    );
    let mut bare = requests(inner(), &token, StatusCode::OK);
    let count = |subject: &mut Subject| allocation_counter::measure(|| subject(1)).count_total;
    count(&mut verified) - count(&mut bare)
}

fn ring() -> KeyRing<SigningKey> {
    KeyRing::new(SigningKey::generate(Algorithm::EdDsa).expect("generated"))
}

/// A server, and a typical token of it that lives longer than the benchmark runs.
fn issued(format: impl AccessTokenFormat) -> (Server, String) {
    let symmetric = KeyRing::new(SymmetricKey::generate().expect("generated"));
    let keys = Keys::new(format, symmetric);
    let clients = ClientMap::new([confidential("web")]).expect("one client");
    let server = Server::builder("https://id.example", keys, clients, MemoryStore::new())
        .build()
        .expect("the configuration is good");
    let scope = ALL_SCOPES.parse().expect("the scope is well-formed");
    let grant = Grant::new("9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21").with_scope(scope);
    let client = AuthenticatedClient::trust(confidential("web"));
    let tokens = block_on(server.issue(&client, GrantType::PASSWORD, grant)).expect("it is issued");
    (server, tokens.access_token.expose().to_owned())
}

fn subject(layer: &BearerLayer<Server>, token: &str, expected: StatusCode) -> Subject {
    requests(layer.layer(inner()), token, expected)
}

fn inner()
-> impl Service<Request<Empty<Bytes>>, Response = Response<Empty<Bytes>>, Error = Infallible> + Clone
{
    service_fn(async |_: Request<Empty<Bytes>>| Ok(Response::new(Empty::new())))
}

fn requests<S, B>(mut service: S, token: &str, expected: StatusCode) -> Subject
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>, Error = Infallible> + 'static,
{
    let authorization = HeaderValue::try_from(format!("Bearer {token}")).expect("a header value");
    Box::new(move |count| {
        for _ in 0..count {
            let mut request = Request::new(Empty::new());
            let headers = request.headers_mut();
            headers.insert(AUTHORIZATION, authorization.clone());
            let Ok(response) = block_on(service.call(black_box(request)));
            assert_eq!(black_box(response.status()), expected);
        }
    })
}

/// Runs a future that never waits: nothing here does.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
