//! openid-client and oauth4webapi.

use std::path::Path;
use std::process::Command;

use super::conversation::Client;
use super::installed;

/// A script of `tests/clients/node`, under the name by which it finds its packages.
pub(crate) fn script(installed: &Path, name: &str) -> Command {
    let mut node = Command::new("node");
    node.args(["--preserve-symlinks", "--preserve-symlinks-main"])
        .arg(installed.join("scripts").join(name));
    node
}

#[tokio::test]
async fn openid_client_with_a_code() {
    let Some(node) = installed::node() else {
        return;
    };
    let client = Client {
        grant_type: "authorization_code",
        auth_method: "client_secret_basic",
        introspects: true,
        checks: &["refuse a response without issuer"],
    };
    let script = script(&node, "use_openid_client.js");
    client.converse(script, &[]).await;
}

#[tokio::test]
async fn oauth4webapi_with_a_code() {
    let Some(node) = installed::node() else {
        return;
    };
    let client = Client {
        grant_type: "authorization_code",
        auth_method: "none",
        introspects: false,
        checks: &[],
    };
    let script = script(&node, "use_oauth4webapi.js");
    client.converse(script, &[]).await;
}
