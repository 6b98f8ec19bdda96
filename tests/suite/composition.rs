//! The examples that put Reissue among other layers: the real programs, and what each is there to show.

mod axum_stack;
mod example;
mod hyper_h2;
mod rate_limits;
mod tower_stack;
mod warp_app;

use std::process::Command;

use serde_json::Value;

use self::example::{EXAMPLES, Example};

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
