//! Running a script, and its report.

use std::process::{Command, Stdio};

use serde_json::Value;
use tokio::task::spawn_blocking;

/// What a script reports: one JSON object for each step that went as it should.
///
/// # Panics
///
/// If it fails, with what it said.
pub(crate) async fn run(mut command: Command) -> Vec<Value> {
    command
        .stdin(Stdio::null())
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    let ended = spawn_blocking(move || command.output())
        .await
        .unwrap()
        .expect("the program of the script is installed");
    let said = String::from_utf8(ended.stdout).unwrap();
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(
        ended.status.success(),
        "{}\nafter:\n{said}\n{complained}",
        ended.status
    );
    said.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}
