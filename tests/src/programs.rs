//! The programs of the examples, built as the tests are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// The program of an example, by its name.
///
/// All of them are built by one command, the same as in `tests/run`, together with the tests:
/// another choice of packages has other features of the crates that they depend on, and would
/// compile those again.
///
/// # Panics
///
/// When it cannot be built, or there is none of this name.
#[must_use]
pub fn program(name: &str) -> &'static Path {
    &PROGRAMS[name]
}

static PROGRAMS: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(|| {
    let mut cargo = Command::new(env!("CARGO"));
    // The root of the workspace: in the folder of a package, cargo builds that package only.
    cargo
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args([
            "build",
            "--all-features",
            "--locked",
            "--bins",
            "--tests",
            "--message-format",
            "json",
        ]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let built = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(built.status.success(), "the examples were not built");
    String::from_utf8_lossy(&built.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["profile"]["test"] == false)
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?;
            let file = message["executable"].as_str()?;
            Some((name.to_owned(), PathBuf::from(file)))
        })
        .collect()
});
