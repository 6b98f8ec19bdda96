//! Starting, driving and stopping the program.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use reissue_tests::TestResponse;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// A server that runs. It is killed when dropped.
pub(crate) struct TokenServer {
    child: Child,
    pub(crate) address: SocketAddr,
    stdout: Lines,
    stderr: Lines,
    _folder: Option<TempDir>,
}

/// What a program that has ended leaves behind.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl TokenServer {
    /// The demo, on a free port and in memory.
    pub(super) fn demo() -> Self {
        let args = ["--listen", "127.0.0.1:0", "--store", "memory:"];
        Self::start(program().args(args), None)
    }

    /// A server with this configuration, on a free port, with the clients and users of [`PARTIES`].
    pub(super) fn with(config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = write_config(folder.path(), &format!("{config}\n{PARTIES}"));
        Self::start(&mut command(&file), Some(folder))
    }

    /// A server with the configuration in this file, on a free port.
    pub(crate) fn with_file(file: &Path) -> Self {
        Self::start(&mut command(file), None)
    }

    /// A server, started in this way.
    pub(super) fn start(command: &mut Command, folder: Option<TempDir>) -> Self {
        let mut child = spawn(command);
        let stdout = Lines::of(child.stdout.take().expect("it is piped"));
        let stderr = Lines::of(child.stderr.take().expect("it is piped"));
        let Some(first) = stdout.next() else {
            panic!("the server did not start: {}", stderr.rest());
        };
        let address = first
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok());
        Self {
            child,
            address: address.unwrap_or_else(|| panic!("the first line is {first:?}")),
            stdout,
            stderr,
            _folder: folder,
        }
    }

    /// The lines of the standard output after the first one, to the one that starts like this.
    pub(super) fn printed_to(&self, last: &str) -> String {
        self.stdout.to(last)
    }

    /// The log, to the first line that has this in it.
    pub(super) fn logged_to(&self, part: &str) -> String {
        self.stderr.to(part)
    }

    pub(super) async fn get(&self, path: &str) -> TestResponse {
        self.send(Request::get(path), "").await
    }

    /// Sends a form without authentication in the header.
    pub(super) async fn post(&self, path: &str, form: &str) -> TestResponse {
        let request = Request::post(path).header(CONTENT_TYPE, FORM);
        self.send(request, form).await
    }

    /// Sends a form as `TestClient`.
    pub(super) async fn post_as_client(&self, path: &str, form: &str) -> TestResponse {
        let pair = BASE64_STANDARD.encode("TestClient:TestSecret");
        let request = Request::post(path)
            .header(CONTENT_TYPE, FORM)
            .header(AUTHORIZATION, format!("Basic {pair}"));
        self.send(request, form).await
    }

    pub(crate) async fn login(&self) -> TestResponse {
        let response = self.post_as_client(TOKEN, LOGIN).await;
        assert_eq!(response.summary(), "200", "{response:?}");
        response
    }

    pub(super) async fn refresh(&self, token: &str) -> TestResponse {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        self.post_as_client(TOKEN, &form).await
    }

    /// What introspection says.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        let form = format!("token={token}");
        let response = self.post_as_client("/oauth2/introspect", &form).await;
        assert_eq!(response.status, StatusCode::OK, "{response:?}");
        response.json
    }

    /// How many threads it runs on for now.
    pub(super) fn threads(&self) -> usize {
        let tasks = format!("/proc/{}/task", self.child.id());
        std::fs::read_dir(tasks).expect("it runs").count()
    }

    /// How many sockets it has open.
    pub(super) fn sockets(&self) -> usize {
        let descriptors = format!("/proc/{}/fd", self.child.id());
        let descriptors = std::fs::read_dir(descriptors).expect("it runs");
        let target = |entry: std::io::Result<std::fs::DirEntry>| {
            // One that is closed meanwhile leads nowhere.
            std::fs::read_link(entry.ok()?.path()).ok()
        };
        let is_socket = |path: &PathBuf| path.to_string_lossy().starts_with("socket:");
        descriptors.filter_map(target).filter(is_socket).count()
    }

    /// How much memory it uses.
    pub(super) fn resident_bytes(&self) -> usize {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("it runs");
        let resident = status.lines().find_map(|line| {
            let kilobytes = line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?;
            kilobytes.parse::<usize>().ok()
        });
        resident.expect("Linux tells") * 1024
    }

    /// Sends a signal by name and waits for the end.
    pub(super) fn stop(mut self, signal: &str) -> Ended {
        self.signal(signal);
        let status = self.child.wait().expect("it is our child");
        Ended {
            status,
            stdout: self.stdout.rest(),
            stderr: self.stderr.rest(),
        }
    }

    pub(super) fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status();
        assert!(status.expect("there is a shell").success());
    }

    pub(super) async fn send(&self, request: http::request::Builder, body: &str) -> TestResponse {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .expect("a connection");
        let connection = tokio::spawn(connection);
        let request = request
            .header(HOST, self.address.to_string())
            .body(Full::new(Bytes::from(body.to_owned())))
            .expect("a request");
        let response = sender.send_request(request).await.expect("a response");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        connection.abort();
        TestResponse::new(head, body)
    }
}

impl Drop for TokenServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program with a configuration that it must not accept, [`PARTIES`] not included.
pub(super) fn refused(config: &str) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write_config(folder.path(), config);
    ended(&mut command(&file))
}

/// Runs the program to an end that it comes to by itself.
pub(super) fn ended(command: &mut Command) -> Ended {
    let mut child = spawn(command);
    let stdout = Lines::of(child.stdout.take().expect("it is piped"));
    let stderr = Lines::of(child.stderr.take().expect("it is piped"));
    let first = stdout.next().unwrap_or_default();
    if first.starts_with("listening") {
        let _ = child.kill();
        panic!("it should not have started: {first}");
    }
    Ended {
        status: child.wait().expect("it is our child"),
        stdout: first + &stdout.rest(),
        stderr: stderr.rest(),
    }
}

/// Runs a command that does not serve, with this on its standard input.
pub(super) fn run(command: &mut Command, input: &str) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that does not read may have ended.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it is our child");
    Ended {
        status: output.status,
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The program, built as the tests are.
pub(super) fn program() -> Command {
    let mut command = Command::new(reissue_tests::program("token-server"));
    command.env_remove("RUST_LOG");
    command
}

/// The program with the configuration in this file, on a free port; in memory, unless the file
/// says where.
pub(super) fn command(file: &Path) -> Command {
    let mut command = program();
    let names_store = |line: &str| line.starts_with("store = ");
    if !std::fs::read_to_string(file).is_ok_and(|text| text.lines().any(names_store)) {
        command.args(["--store", "memory:"]);
    }
    command
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(file);
    command
}

pub(crate) fn write_config(folder: &Path, config: &str) -> PathBuf {
    let file = folder.join("config.toml");
    std::fs::write(&file, config).expect("the folder is ours");
    file
}

fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built")
}

/// The lines of a pipe, read as they come so that the program never waits.
struct Lines(Mutex<Receiver<String>>);

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(Mutex::new(receiver))
    }

    /// The next line; `None` at the end.
    fn next(&self) -> Option<String> {
        use std::sync::mpsc::RecvTimeoutError;

        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the program says nothing"),
        }
    }

    fn to(&self, part: &str) -> String {
        let mut text = String::new();
        while let Some(line) = self.next() {
            text.push_str(&line);
            text.push('\n');
            if line.contains(part) {
                return text;
            }
        }
        panic!("{part:?} was not said: {text}");
    }

    fn rest(&self) -> String {
        let mut text = String::new();
        while let Some(line) = self.next() {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

pub(crate) const TOKEN: &str = "/oauth2/token";

/// As the documentation of bshaffer/oauth2-server-php has it.
pub(super) const LOGIN: &str = "grant_type=password&username=bshaffer&password=brent123";

const FORM: &str = "application/x-www-form-urlencoded";

/// How long a program may take to say something. It is no measure of speed: the machine may be
/// busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The clients and users of most tests.
pub(super) const PARTIES: &str = r#"
[[clients]]
id = "TestClient"
secret = "TestSecret"
grants = ["password", "client_credentials", "refresh_token"]
scope = "openid read write"
introspect = true

[[users]]
name = "bshaffer"
password = "brent123"

[[users]]
name = "gone"
password = "brent123"
disabled = true
"#;
