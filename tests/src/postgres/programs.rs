//! Where the programs are.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Whether the tests run as root, who may do more than others.
#[must_use]
pub(super) fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// A program of the newest Postgres that is installed.
///
/// # Panics
///
/// When none is.
pub(super) fn program(name: &str) -> Command {
    Command::new(directory().join(name))
}

fn directory() -> PathBuf {
    if let Some(directory) = std::env::var_os("REISSUE_TEST_POSTGRES") {
        return directory.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path(),
            ))
        })
        .max();
    match newest {
        Some((_, path)) => path.join("bin"),
        None => panic!("Postgres is not installed: run tests/run, which installs it"),
    }
}
