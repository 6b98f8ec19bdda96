//! A database cluster that each server is a copy of.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

use super::account::{as_server, give};
use super::programs::program;
use super::shared::at_exit;

/// A directory of the servers' own.
pub(super) fn directory() -> TempDir {
    let directory = tempfile::tempdir().expect("there is a place for temporary files");
    give(directory.path());
    directory
}

/// Makes a fresh cluster in `data`.
pub(super) fn make(data: &Path) {
    let copied = as_server(Command::new("cp").arg("-a").arg(&*TEMPLATE).arg(data)).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp");
}

/// To make one takes a second, to copy it a tenth of one.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = directory().keep();
    at_exit(&format!("rm -rf '{}'", directory.display()));
    let data = directory.join("data");
    let made = as_server(program("initdb").arg("-D").arg(&data).args([
        "--no-sync",
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
    ]))
    .current_dir("/")
    .stdin(Stdio::null())
    .output()
    .expect("initdb runs");
    assert!(made.status.success(), "{made:?}");
    data
});
