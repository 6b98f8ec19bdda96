//! `--init`: a configuration and keys to begin with.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use reissue_tests::TestResponse;

use super::process::{Ended, TOKEN, TokenServer, program, run};

fn init(folder: &Path) -> Ended {
    run(program().arg("--init").arg(folder), "")
}

#[tokio::test]
async fn what_it_writes_runs_and_its_secrets_are_right() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("server");
    let ended = init(&folder);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let file = folder.join("token-server.toml");
    let secret = word_after(&ended.stdout, "client my-service");
    let password = word_after(&ended.stdout, "user me");

    let checked = run(program().args(["check", "--config"]).arg(&file), "");
    assert_eq!(checked.status.code(), Some(0), "{}", checked.stderr);
    assert!(
        !checked.stdout.contains("warning: tokens"),
        "{}",
        checked.stdout
    );

    let mut tokens = Vec::new();
    for _ in 0..2 {
        // The second one has the same keys.
        let server = TokenServer::with_file(&file);
        let granted = as_service(&server, secret, "grant_type=client_credentials").await;
        assert_eq!(granted.summary(), "200", "{granted:?}");
        tokens.push(granted.text("access_token").to_owned());
        for token in &tokens {
            let seen = as_service(&server, secret, &format!("token={token}")).await;
            assert_eq!(seen.json["active"], true, "{seen:?}");
        }
        let code = super::browser::Ask {
            client: "my-app",
            ..Default::default()
        };
        assert!(!code.code_of(&server, "me", password).await.is_empty());
        let logged = server.stop("TERM").stderr;
        assert!(!logged.contains("survives a restart"), "{logged}");
    }
    let written = fs::read_to_string(&file).unwrap();
    assert!(!written.contains(secret) && !written.contains(password));
}

#[test]
fn only_the_owner_may_read_what_it_writes() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("server");
    assert_eq!(init(&folder).status.code(), Some(0));
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("keys")), 0o700);
    assert_eq!(mode(&folder.join("token-server.toml")), 0o600);
    let keys: Vec<_> = fs::read_dir(folder.join("keys")).unwrap().collect();
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!(mode(&key.unwrap().path()), 0o600);
    }
}

#[test]
fn nothing_that_is_there_is_overwritten_and_nothing_is_left_behind() {
    for present in ["token-server.toml", "keys"] {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join(present);
        // Even a link that leads nowhere.
        symlink("/nonexistent", &there).unwrap();
        let ended = init(folder.path());
        assert_eq!(ended.status.code(), Some(1));
        let says = format!("token-server: --init: {} exists", there.display());
        assert!(ended.stderr.starts_with(&says), "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    // A folder that is there is fine, as a volume is.
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(init(folder.path()).status.code(), Some(0));
    let before = fs::read(folder.path().join("token-server.toml")).unwrap();
    assert_eq!(init(folder.path()).status.code(), Some(1));
    let after = fs::read(folder.path().join("token-server.toml")).unwrap();
    assert_eq!(before, after);
    // One whose parent is not is not made.
    let ended = init(&folder.path().join("a/b"));
    assert_eq!(ended.status.code(), Some(1));
    assert!(!folder.path().join("a").exists());
}

async fn as_service(server: &TokenServer, secret: &str, form: &str) -> TestResponse {
    let path = if form.starts_with("token=") {
        "/oauth2/introspect"
    } else {
        TOKEN
    };
    let pair = BASE64_STANDARD.encode(format!("my-service:{secret}"));
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, format!("Basic {pair}"));
    server.send(request, form).await
}

fn word_after<'t>(text: &'t str, label: &str) -> &'t str {
    let (_, rest) = text.split_once(label).unwrap_or_else(|| panic!("{text}"));
    rest.split_whitespace().next().expect("a word")
}
