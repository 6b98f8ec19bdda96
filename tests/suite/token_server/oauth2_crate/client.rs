//! Clients of the crate, and how their requests are sent.

use std::net::SocketAddr;
use std::pin::Pin;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IntrospectionUrl, RedirectUrl, RevocationUrl, TokenUrl,
};
use tokio::net::TcpStream;

use crate::token_server::process::TokenServer;

/// A client that knows all endpoints but that of devices.
pub(super) type Client =
    BasicClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointSet>;

/// The demo's client with a secret.
pub(super) fn confidential(server: &TokenServer) -> Client {
    let secret = ClientSecret::new("TestSecret".to_owned());
    client(server, "TestClient").set_client_secret(secret)
}

/// The demo's client without one.
pub(super) fn native(server: &TokenServer) -> Client {
    let redirect = RedirectUrl::new("http://127.0.0.1:49152/callback".to_owned());
    client(server, "demo-app").set_redirect_uri(redirect.unwrap())
}

fn client(server: &TokenServer, id: &str) -> Client {
    let at = |scheme: &str, path: &str| format!("{scheme}://{}/oauth2/{path}", server.address);
    BasicClient::new(ClientId::new(id.to_owned()))
        .set_auth_uri(AuthUrl::new(at("http", "authorize")).unwrap())
        .set_token_uri(TokenUrl::new(at("http", "token")).unwrap())
        .set_introspection_url(IntrospectionUrl::new(at("http", "introspect")).unwrap())
        // It insists (RFC 7009 §2). No TLS is spoken here: it could end at a proxy in front.
        .set_revocation_url(RevocationUrl::new(at("https", "revoke")).unwrap())
}

/// Sends the crate's requests to a server, each on a connection of its own.
pub(super) fn sender(server: &TokenServer) -> Sender {
    Sender(server.address)
}

pub(super) struct Sender(SocketAddr);

/// The connection failed, or hyper did.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) enum Failed {
    Connection(#[from] std::io::Error),
    Http(#[from] hyper::Error),
}

impl<'c> AsyncHttpClient<'c> for Sender {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failed>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(self.0, request))
    }
}

async fn send(address: SocketAddr, request: HttpRequest) -> Result<HttpResponse, Failed> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().cloned();
    head.uri = path.map_or_else(Default::default, Into::into);
    let host = HeaderValue::try_from(address.to_string()).unwrap();
    head.headers.insert(HOST, host);
    let request = http::Request::from_parts(head, Full::new(Bytes::from(body)));
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    connection.abort();
    Ok(http::Response::from_parts(head, body))
}
