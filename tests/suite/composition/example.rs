//! Starting an example and talking to it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use reissue_tests::{TestResponse, form, program};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::adapters::client::{Protocol, send};

pub(super) const EXAMPLES: [&str; 5] = [
    "axum-stack",
    "hyper-h2",
    "rate-limits",
    "tower-stack",
    "warp-app",
];

/// An example that runs. It is killed when dropped.
pub(super) struct Example {
    child: Child,
    pub(super) address: SocketAddr,
    pub(super) curl: String,
    protocol: Protocol,
    folder: TempDir,
}

impl Example {
    /// On a free port.
    pub(super) fn start(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(program(name))
            .arg("0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || lines.next().expect("it says where it is").unwrap();
        let address = next();
        let address = address.strip_prefix("listening on http://").unwrap();
        Self {
            child,
            address: address.parse().unwrap(),
            curl: next(),
            protocol: match name {
                "hyper-h2" => Protocol::Http2,
                _ => Protocol::Http1,
            },
            folder,
        }
    }

    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> TestResponse {
        send(self.address, self.protocol, request).await
    }

    pub(super) async fn login(&self) -> TestResponse {
        let response = self.send(form(LOGIN)).await;
        assert_eq!(response.summary(), "200", "{response:?}");
        response
    }

    pub(super) async fn refresh(&self, token: &str) -> TestResponse {
        self.send(form(refresh(token))).await
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Sends the head of a token request, and waits until the body is wanted.
    pub(super) async fn begin(&self, form: &str) -> Begun {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST /token HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
             origin: http://localhost:3000\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            form.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
        Begun { stream }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request whose body is still to come.
pub(super) struct Begun {
    stream: TcpStream,
}

impl Begun {
    /// Sends the body and reads what is answered.
    pub(super) async fn finish(mut self, form: &str) -> String {
        self.stream.write_all(form.as_bytes()).await.unwrap();
        self.wait().await
    }

    /// Sends nothing more and reads what is answered.
    pub(super) async fn wait(mut self) -> String {
        let mut response = String::new();
        self.stream.read_to_string(&mut response).await.unwrap();
        response
    }
}

pub(super) fn refresh(token: &str) -> String {
    format!("grant_type=refresh_token&client_id=app&refresh_token={token}")
}

pub(super) const LOGIN: &str =
    "grant_type=password&client_id=app&username=alice&password=wonderland";
