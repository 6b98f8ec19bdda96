//! curl.

use std::process::Command;

use super::conversation::Client;
use super::installed;

#[tokio::test]
async fn curl_with_a_password() {
    let client = Client {
        grant_type: "password",
        auth_method: "client_secret_basic",
        introspects: true,
        checks: &[],
    };
    let mut script = Command::new("bash");
    script.arg(installed::scripts("curl").join("use_curl.sh"));
    client.converse(script, &[]).await;
}
