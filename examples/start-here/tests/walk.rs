//! The way of `docs/start-here.md`, walked.
#![expect(clippy::unwrap_used, reason = "a test, also in its helpers")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn from_nothing_to_a_protected_api() {
    let folder = tempfile::tempdir().unwrap();
    let make_keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("make-keys");
    let made = Command::new(make_keys)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    add_user(&folder, "alice", "wonderland");

    let program = Program::start(&folder);
    assert_eq!(program.send("GET", "/notes", "", "").0, 401);
    let page = program.send("GET", &authorize(), "", "");
    assert_eq!(page.0, 200);
    assert!(page.1.contains("autocomplete=\"current-password\""));
    assert_eq!(
        program.send("GET", "/authorize?client_id=app", "", "").0,
        400
    );
    let guess = "name=alice&password=looking-glass";
    assert_eq!(program.send("POST", &authorize(), "", guess).0, 401);
    assert_eq!(
        program
            .send("POST", &authorize(), "", "name=bob&password=x")
            .0,
        401
    );

    let code = program.log_in();
    let stolen = code.replace("code_verifier=", "code_verifier=x");
    assert_eq!(
        program.token(&stolen).0,
        400,
        "without the verifier a code is worth nothing"
    );
    let (status, first) = program.token(&code);
    assert_eq!(status, 200, "{first}");
    assert_eq!(
        program.notes(&first),
        (200, "the notes of alice\n".to_owned())
    );

    // A restart logs nobody out: keys and sessions are in files.
    drop(program);
    let program = Program::start(&folder);
    assert_eq!(program.notes(&first).0, 200);
    let (status, second) = program.token(&refresh(&first));
    assert_eq!(status, 200, "{second}");
    assert_eq!(program.notes(&second).0, 200);
    // The response was lost: the previous token returns the current one.
    assert_eq!(program.token(&refresh(&first)).0, 200);

    // A user who was removed is denied at the next refresh, and the session ends.
    fs::write(folder.path().join("users"), "").unwrap();
    let (status, denied) = program.token(&refresh(&second));
    assert_eq!((status, &denied["error"]), (400, &"invalid_grant".into()));
    assert_eq!(program.notes(&second).0, 401);
}

#[test]
fn a_code_that_is_redeemed_twice_ends_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let make_keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("make-keys");
    assert!(
        Command::new(make_keys)
            .current_dir(&folder)
            .status()
            .unwrap()
            .success()
    );
    add_user(&folder, "alice", "wonderland");
    let program = Program::start(&folder);
    let code = program.log_in();
    let (_, tokens) = program.token(&code);
    assert_eq!(program.notes(&tokens).0, 200);
    assert_eq!(program.token(&code).0, 400);
    assert_eq!(program.notes(&tokens).0, 401);
    assert_eq!(program.token(&refresh(&tokens)).0, 400);
}

/// The program of the example. It is killed when dropped.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(folder: &TempDir) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_start-here"))
            .current_dir(folder)
            .env("ADDRESS", "127.0.0.1:0")
            .env("ISSUER", "http://127.0.0.1:8080")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap();
        Self {
            child,
            address: address.parse().unwrap(),
        }
    }

    /// Logs in, and returns the form that redeems the code.
    fn log_in(&self) -> String {
        let (status, head) = self.send("POST", &authorize(), "", "name=alice&password=wonderland");
        assert_eq!(status, 303, "{head}");
        let (_, code) = head.split_once("/callback?code=").unwrap();
        let (code, rest) = code.split_once('&').unwrap();
        assert!(
            rest.starts_with("iss=http%3A%2F%2F127.0.0.1%3A8080&state=xyz"),
            "{rest}"
        );
        format!(
            "grant_type=authorization_code&client_id=app&code={code}&code_verifier={VERIFIER}\
             &redirect_uri=http://127.0.0.1:3000/callback"
        )
    }

    fn token(&self, form: &str) -> (u16, Value) {
        let (status, response) = self.send("POST", "/token", "", form);
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    fn notes(&self, tokens: &Value) -> (u16, String) {
        let token = tokens["access_token"].as_str().unwrap();
        let header = format!("authorization: Bearer {token}\r\n");
        let (status, response) = self.send("GET", "/notes", &header, "");
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    /// Returns the status and the whole response.
    fn send(&self, method: &str, path: &str, header: &str, form: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let status = response["HTTP/1.1 ".len()..][..3].parse().unwrap();
        (status, response)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn add_user(folder: &TempDir, name: &str, password: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_start-here"))
        .current_dir(folder)
        .args(["add-user", name])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    assert!(child.wait().unwrap().success());
}

fn authorize() -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest);
    format!(
        "/authorize?response_type=code&client_id=app&state=xyz&code_challenge_method=S256\
         &redirect_uri=http://127.0.0.1:3000/callback&code_challenge={challenge}"
    )
}

fn refresh(tokens: &Value) -> String {
    let token = tokens["refresh_token"].as_str().unwrap();
    format!("grant_type=refresh_token&client_id=app&refresh_token={token}")
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
