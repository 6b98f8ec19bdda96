//! Clients that are slow, or send too much.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::process::{PATIENCE, TokenServer};

#[tokio::test]
async fn a_head_that_does_not_end_is_hung_up_on() {
    let server = TokenServer::demo();
    let response = said_to(&server, "POST /oauth2/token HTTP/1.1\r\nhost:").await;
    assert_eq!(response, "");
    assert_eq!(server.get("/healthz").await.summary(), "200");
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed() {
    let server = TokenServer::demo();
    assert_eq!(said_to(&server, "").await, "");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_gets_a_response_in_json() {
    let server = TokenServer::demo();
    let request = |path| format!("{}100\r\n\r\ngrant", head(path));
    let [token, revocation] = ["/oauth2/token", "/oauth2/revoke"].map(request);
    let (token, revocation) = tokio::join!(said_to(&server, &token), said_to(&server, &revocation));
    for response in [token, revocation] {
        assert!(
            response.starts_with("HTTP/1.1 400 Bad Request"),
            "{response}"
        );
        assert!(
            response.contains("content-type: application/json"),
            "{response}"
        );
        assert!(
            response.contains(r#"{"error":"invalid_request","#),
            "{response}"
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_denied_before_it_is_sent() {
    let server = TokenServer::demo();
    for path in ["/oauth2/token", "/access_token", "/oauth2/introspect"] {
        let response = said_to(&server, &format!("{}65537\r\n\r\n", head(path))).await;
        assert!(
            response.starts_with("HTTP/1.1 413 Payload Too Large"),
            "{response}"
        );
        assert!(
            response.contains(r#"{"error":"invalid_request","#),
            "{response}"
        );
    }
}

/// What the server says to this until it disconnects.
async fn said_to(server: &TokenServer, text: &str) -> String {
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("it listens");
    stream.write_all(text.as_bytes()).await.expect("it reads");
    let mut response = String::new();
    let answered = timeout(PATIENCE, stream.read_to_string(&mut response)).await;
    answered
        .expect("it hangs up in time")
        .expect("it responds in text");
    response
}

/// A head that lacks the length of its body.
fn head(path: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: "
    )
}
