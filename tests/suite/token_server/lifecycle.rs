//! Starting, saying how it is, and stopping.

use std::net::TcpListener;

use http::StatusCode;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::process::{TokenServer, ended, program};

#[tokio::test]
async fn it_is_healthy_and_ready() {
    let server = TokenServer::demo();
    let health = server.get("/healthz").await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(health.json["status"], "ok");
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(ready.json["status"], "ready");
    assert_eq!(ready.json["findings"], serde_json::json!([]));
}

#[tokio::test]
async fn other_paths_and_methods_are_denied_in_json() {
    let server = TokenServer::demo();
    let nowhere = server.get("/nowhere").await;
    assert_eq!(nowhere.summary(), "404 not_found");
    let health = server.post("/healthz", "").await;
    assert_eq!(health.summary(), "405 invalid_request");
    for path in [
        "/oauth2/token",
        "/access_token",
        "/oauth2/revoke",
        "/oauth2/introspect",
    ] {
        let response = server.get(path).await;
        assert_eq!(response.summary(), "405 invalid_request", "{path}");
        assert_eq!(response.headers["allow"], "POST");
        assert_eq!(response.headers["cache-control"], "no-store");
        assert_eq!(response.headers["pragma"], "no-cache");
    }
}

#[test]
fn it_warns_that_its_keys_were_generated() {
    let server = TokenServer::demo();
    let printed = server.printed_to("# Stop");
    assert!(printed.contains("were generated"), "{printed}");
    assert!(printed.contains("no token survives a restart"), "{printed}");
    let logged = server.stop("TERM").stderr;
    assert!(logged.contains("no token survives a restart"), "{logged}");
}

#[test]
fn it_warns_of_what_is_unwise() {
    let server = TokenServer::with("[policy]\non_reuse = \"report\"");
    let logged = server.stop("TERM").stderr;
    assert!(logged.contains("policy: reuse is reported"), "{logged}");
}

#[test]
fn the_secrets_of_a_configuration_are_not_printed() {
    let server = TokenServer::with("");
    let printed = server.printed_to("no token survives a restart");
    assert!(!printed.contains("TestSecret"), "{printed}");
}

#[test]
fn both_signals_end_it_with_success() {
    for signal in ["TERM", "INT"] {
        let ended = TokenServer::demo().stop(signal);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        assert!(
            ended.stderr.contains(&format!("SIG{signal}")),
            "{}",
            ended.stderr
        );
    }
}

#[tokio::test]
async fn a_request_that_is_under_way_is_finished_before_the_end() {
    let server = TokenServer::demo();
    let body = "grant_type=client_credentials&client_id=TestClient&client_secret=TestSecret";
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("it listens");
    let head = format!(
        "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("it reads");
    let mut asked = [0; 25];
    stream
        .read_exact(&mut asked)
        .await
        .expect("it wants the body");
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");

    server.signal("TERM");
    server.logged_to("stopping");
    stream.write_all(body.as_bytes()).await.expect("it reads");
    let mut response = String::new();
    stream
        .read_to_string(&mut response)
        .await
        .expect("it responds");
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    assert_eq!(server.stop("TERM").status.code(), Some(0));
}

#[tokio::test]
async fn on_one_core_it_is_one_thread() {
    let server = on_one_core(TokenServer::demo);
    assert_eq!(server.threads(), 1);
    let token = server.login().await.json["refresh_token"].clone();
    let refreshed = server.refresh(token.as_str().expect("a token")).await;
    assert_eq!(refreshed.summary(), "200");
    assert_eq!(server.stop("TERM").status.code(), Some(0));
}

#[test]
fn an_address_in_use_ends_it_with_1() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it has one").to_string();
    let ended = ended(program().args(["--listen", &address]));
    assert_eq!(ended.status.code(), Some(1));
    let says = format!("token-server: listen: cannot listen on {address}: ");
    assert!(ended.stderr.starts_with(&says), "{}", ended.stderr);
}

#[test]
fn a_wrong_command_line_ends_it_with_2() {
    for args in [
        &["--nonsense"][..],
        &["--listen", "here"],
        &["--store", "mysql:"],
    ] {
        let ended = ended(program().args(args));
        assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains("--help"), "{}", ended.stderr);
    }
}

#[test]
fn help_and_version_end_it_with_success() {
    for arg in ["--help", "--version"] {
        let ended = ended(program().arg(arg));
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    }
}

#[test]
fn a_wrong_rust_log_ends_it_with_1() {
    let ended = ended(program().env("RUST_LOG", "reissue=loud"));
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.contains("RUST_LOG"), "{}", ended.stderr);
}

/// What is started meanwhile may use one of our cores.
fn on_one_core<T>(start: impl FnOnce() -> T) -> T {
    let ours = sched_getaffinity(None).expect("there are cores");
    let first = (0..CpuSet::MAX_CPU).find(|core| ours.is_set(*core));
    let mut one = CpuSet::new();
    one.set(first.expect("we run on one"));
    sched_setaffinity(None, &one).expect("it is ours");
    let started = start();
    sched_setaffinity(None, &ours).expect("they are ours");
    started
}
