//! The commands that the demo prints, pasted into bash as they are.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::process::TokenServer;

#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn the_printed_commands_do_what_they_say() {
    if let Err(error) = Command::new("curl").arg("--version").output() {
        eprintln!("SKIPPED the_printed_commands_do_what_they_say: there is no curl: {error}");
        return;
    }
    let server = TokenServer::demo();
    let said = bash(&server.printed_to("# Stop the server"));
    let mut lines = said.lines();
    let mut next = || lines.next().unwrap_or_else(|| panic!("too little: {said}"));
    let tokens = |line: &str| -> Value {
        let tokens: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(tokens["refresh_token"].is_string(), "{line}");
        tokens
    };

    let login = tokens(next());
    assert_eq!(login["scope"], "openid read write");
    let refreshed = tokens(next());
    assert_ne!(refreshed["refresh_token"], login["refresh_token"]);
    let narrowed = tokens(next());
    assert_eq!(narrowed["scope"], "read");
    let replayed = tokens(next());
    assert_eq!(replayed["scope"], "openid read write");
    let older = tokens(next());
    assert_eq!(older["scope"], "openid read write");
    assert_eq!(next(), "200", "the revocation");
    assert!(
        next().contains("invalid_grant"),
        "after the revocation: {said}"
    );
    assert_eq!(lines.next(), None);
}

fn bash(script: &str) -> String {
    let mut bash = Command::new("bash")
        .arg("-s")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a bash");
    let mut stdin = bash.stdin.take().expect("it is piped");
    stdin.write_all(script.as_bytes()).expect("bash reads");
    drop(stdin);
    let ended = bash.wait_with_output().expect("bash ends");
    assert!(ended.status.success());
    String::from_utf8(ended.stdout).expect("text")
}
