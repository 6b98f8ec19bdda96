//! Where the clients are installed, and what a test does where they are not.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io, thread};

/// The folder of the Python clients; `None` if their registry cannot be reached, which is then
/// said.
pub(super) fn python() -> Option<PathBuf> {
    folder("python", "requirements.txt")
}

/// The folder of the Node clients; `None` if their registry cannot be reached, which is then said.
pub(crate) fn node() -> Option<PathBuf> {
    folder("node", "package-lock.json")
}

/// The scripts of a language.
pub(super) fn scripts(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(language)
}

/// Where the packages of a lock file are.
///
/// # Panics
///
/// If they are not installed, and `tests/run` did not find their registry out of reach either: a
/// test that quietly does nothing would be no test.
fn folder(language: &str, lock: &str) -> Option<PathBuf> {
    let unreachable = env::var(UNREACHABLE).unwrap_or_default();
    if unreachable.split_whitespace().any(|name| name == language) {
        skip(language);
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/clients")
        .join(language);
    let wanted = fs::read(scripts(language).join(lock)).unwrap();
    let installed = fs::read(folder.join("installed")).unwrap_or_default();
    assert!(
        wanted == installed,
        "the {language} clients of tests/clients are not installed: run tests/run"
    );
    Some(folder)
}

/// Past the capture of the test harness, so that it is seen.
fn skip(language: &str) {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    let line =
        format!("SKIPPED {test}: the registry of the {language} clients cannot be reached\n");
    io::stderr().write_all(line.as_bytes()).unwrap();
}

/// The languages whose registry `tests/run` could not reach.
const UNREACHABLE: &str = "REISSUE_UNREACHABLE_CLIENTS";
