//! The examples that put Reissue among other layers: the real programs, and what each is there to
//! show.

mod axum_stack;
mod example;
mod hyper_h2;
mod rate_limits;
mod tower_stack;
mod warp_app;

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use self::example::{EXAMPLES, Example};

#[tokio::test]
async fn a_head_that_does_not_end_is_hung_up_on() {
    let examples = ["axum-stack", "rate-limits", "tower-stack", "warp-app"].map(Example::start);
    let mut streams = Vec::new();
    for example in &examples {
        let mut stream = TcpStream::connect(example.address).await.unwrap();
        let head = b"POST /token HTTP/1.1\r\nhost:";
        stream.write_all(head).await.unwrap();
        streams.push(stream);
    }
    for mut stream in streams {
        let mut response = String::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut response)).await;
        ended.expect("it hangs up in time").unwrap();
        assert_eq!(response, "");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn the_printed_commands_log_in() {
    if let Err(error) = Command::new("curl").arg("--version").output() {
        eprintln!("SKIPPED the_printed_commands_log_in: there is no curl: {error}");
        return;
    }
    for name in EXAMPLES {
        let example = Example::start(name);
        let said = Command::new("bash")
            .args(["-c", &example.curl])
            .output()
            .unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let json = said.lines().last().unwrap_or_default();
        let tokens: Value = serde_json::from_str(json).unwrap_or_else(|_| panic!("{name}: {said}"));
        assert!(tokens["refresh_token"].is_string(), "{name}: {said}");
    }
}

/// It is no measure of speed: the machine may be busy. Without its own time-out an example never
/// disconnects.
const PATIENCE: Duration = Duration::from_secs(60);
