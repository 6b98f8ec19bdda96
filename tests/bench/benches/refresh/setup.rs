//! A server as it is usually set up: JWT with EdDSA, one confidential client with a generated
//! secret, the memory store.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use reissue::client::{AuthenticatedClient, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Grant, GrantType, Keys, RefreshEndpoint, Server, Tokens};
use reissue_tests::{ALL_SCOPES, basic, confidential};

/// A subject of 36 characters, as user databases have them.
pub(crate) const SUBJECT: &str = "9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21";

pub(crate) fn server() -> Server {
    let clients = ClientMap::new([confidential("web")]).expect("one client");
    Server::builder(
        "https://id.example",
        Keys::generate(),
        clients,
        MemoryStore::new(),
    )
    .build()
    .expect("the configuration is good")
}

pub(crate) fn client() -> AuthenticatedClient {
    AuthenticatedClient::trust(confidential("web"))
}

pub(crate) fn login(server: &Server, subject: &str) -> Tokens {
    let scope = ALL_SCOPES.parse().expect("the scope is well-formed");
    let grant = Grant::new(subject).with_scope(scope);
    block_on(server.issue(&client(), GrantType::PASSWORD, grant)).expect("the grant is issued")
}

pub(crate) fn endpoint(server: Server) -> RefreshEndpoint {
    RefreshEndpoint::new(server)
}

pub(crate) fn refresh_request(token: &str) -> Request<Full<Bytes>> {
    Request::post("/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic("web"))
        .body(refresh_form(token))
        .expect("the request is well-formed")
}

pub(crate) fn refresh_form(token: &str) -> Full<Bytes> {
    Full::from(format!("grant_type=refresh_token&refresh_token={token}"))
}

/// The refresh token in a response body, found without a JSON parser that would be part of the
/// figure.
pub(crate) fn refresh_token(body: &[u8]) -> String {
    let body = std::str::from_utf8(body).expect("JSON is UTF-8");
    let (_, rest) = body
        .split_once("\"refresh_token\":\"")
        .expect("a refresh token");
    let (token, _) = rest.split_once('"').expect("the end of the token");
    token.to_owned()
}

pub(crate) async fn plain<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::from_static(b"hello"))))
}

/// Runs a future that never waits: nothing here does.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
