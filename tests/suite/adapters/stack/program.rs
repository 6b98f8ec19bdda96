//! The token server, with the clients and users of the other stacks.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use reissue_tests::{SECRET, TestResponse};

use super::super::client::{Protocol, send as send_to};
use crate::token_server::process::{TokenServer, write_config};

pub(super) fn start() -> TokenServer {
    let folder = tempfile::tempdir().unwrap();
    let config = CONFIG.replace("SECRET", SECRET);
    TokenServer::with_file(&write_config(folder.path(), &config))
}

/// Its endpoints have paths of their own.
pub(super) async fn send(server: &TokenServer, mut request: Request<Full<Bytes>>) -> TestResponse {
    let path = format!("/oauth2{}", request.uri());
    *request.uri_mut() = path.parse().unwrap();
    send_to(server.address, Protocol::Http1, request).await
}

const CONFIG: &str = r#"
issuer = "https://id.example"

[logins]
guesses = 0

[[clients]]
id = "web"
secret = "SECRET"
grants = ["password", "client_credentials", "refresh_token"]
introspect = true

[[clients]]
id = "gone"
secret = "SECRET"
grants = ["password", "refresh_token"]
enabled = false

[[clients]]
id = "app"
public = true
grants = ["password", "refresh_token"]
scope = "read write"

[[clients]]
id = "short"
public = true
grants = ["password"]
scope = "read"

[[users]]
name = "alice"
password = "wonderland"
"#;
