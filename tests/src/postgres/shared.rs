//! What all tests of a binary share, and what happens when the binary ends.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::server::PostgresServer;

/// A server that runs until the last test has ended. Nobody may stop it or change its settings.
#[must_use]
pub fn shared_server() -> &'static PostgresServer {
    &SHARED
}

/// The name of a schema that nobody else uses.
#[must_use]
pub fn own_schema() -> String {
    static SCHEMAS: AtomicU32 = AtomicU32::new(0);
    format!("test{}", SCHEMAS.fetch_add(1, Ordering::Relaxed))
}

/// Runs a command of the shell when this process has ended, however it does.
///
/// Nothing is dropped that is static. The shell waits for the end of its input, which this process
/// never writes and never closes.
pub(super) fn at_exit(command: &str) {
    let shell = Command::new("sh")
        .args(["-c", &format!("trap '' INT; cat; {command}")])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("there is a shell");
    SHELLS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(shell);
}

static SHELLS: Mutex<Vec<Child>> = Mutex::new(Vec::new());

static SHARED: LazyLock<PostgresServer> = LazyLock::new(|| {
    let server = PostgresServer::builder()
        .config("shared_preload_libraries = 'pg_stat_statements'")
        .start();
    at_exit(&format!(
        "kill -QUIT {pid}; while kill -0 {pid}; do sleep 0.1; done; rm -rf '{directory}'",
        pid = server.pid(),
        directory = server.directory().display()
    ));
    server
});
