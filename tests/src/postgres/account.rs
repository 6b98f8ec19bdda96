//! Whom the servers run as.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use super::programs::is_root;

/// The user `postgres`, where the tests run as root, whom Postgres refuses.
struct Account {
    user: u32,
    group: u32,
}

/// Makes the command run as the servers do.
pub(super) fn as_server(command: &mut Command) -> &mut Command {
    match &*ACCOUNT {
        Some(account) => command.uid(account.user).gid(account.group),
        None => command,
    }
}

/// Gives a directory to the servers.
pub(super) fn give(directory: &Path) {
    if let Some(account) = &*ACCOUNT {
        chown(directory, Some(account.user), Some(account.group))
            .expect("root may give files away");
    }
}

static ACCOUNT: LazyLock<Option<Account>> = LazyLock::new(|| {
    is_root().then(|| Account {
        user: id("-u"),
        group: id("-g"),
    })
});

fn id(option: &str) -> u32 {
    let id = Command::new("id").args([option, "postgres"]).output();
    let id = id.expect("`id` is installed");
    let id = String::from_utf8_lossy(&id.stdout);
    let number = id.trim().parse();
    number.expect("the package of Postgres makes a user: run tests/run, which installs it")
}
