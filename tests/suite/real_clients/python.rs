//! Authlib and requests-oauthlib.

use std::path::Path;
use std::process::Command;

use super::conversation::Client;
use super::installed;

/// A script of `tests/clients/python`.
pub(super) fn script(installed: &Path, name: &str) -> Command {
    let mut python = Command::new(installed.join("bin/python"));
    python
        .arg(installed::scripts("python").join(name))
        // The sources stay as clean as they are.
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

#[tokio::test]
async fn authlib_with_a_password() {
    let Some(python) = installed::python() else {
        return;
    };
    let client = Client {
        grant_type: "password",
        auth_method: "client_secret_basic",
        introspects: true,
        checks: &[],
    };
    let script = script(&python, "use_authlib.py");
    client.converse(script, &["password"]).await;
}

#[tokio::test]
async fn authlib_with_a_code() {
    let Some(python) = installed::python() else {
        return;
    };
    let client = Client {
        grant_type: "authorization_code",
        auth_method: "none",
        introspects: false,
        checks: &[],
    };
    let script = script(&python, "use_authlib.py");
    client.converse(script, &["code"]).await;
}

#[tokio::test]
async fn requests_oauthlib_with_a_password() {
    let Some(python) = installed::python() else {
        return;
    };
    let client = Client {
        grant_type: "password",
        auth_method: "client_secret_post",
        introspects: false,
        checks: &[],
    };
    let script = script(&python, "use_requests_oauthlib.py");
    client.converse(script, &["password"]).await;
}

#[tokio::test]
async fn requests_oauthlib_with_a_code() {
    let Some(python) = installed::python() else {
        return;
    };
    let client = Client {
        grant_type: "authorization_code",
        auth_method: "none",
        introspects: false,
        checks: &[],
    };
    let script = script(&python, "use_requests_oauthlib.py");
    client.converse(script, &["code"]).await;
}
