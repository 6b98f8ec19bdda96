//! `check`: what is wrong or unwise, without serving.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::process::{Ended, PARTIES, program, run, write_config};

fn check(file: &Path, args: &[&str]) -> Ended {
    run(
        program().args(["check", "--config"]).arg(file).args(args),
        "",
    )
}

fn check_text(config: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    check(&write_config(folder.path(), config), &[])
}

#[test]
fn what_is_wrong_is_named_as_a_start_names_it() {
    for (config, key) in [
        ("listn = 1", "listn"),
        ("[policy]\ngrace = \"1h\"", "policy.grace"),
        ("[policy]\naccess_ttl = \"1ms\"", "policy.access_ttl"),
        (
            "[tokens]\nsigning_keys = [\"none.pem\"]",
            "tokens.signing_keys[0]",
        ),
        (
            "[tokens]\nseal_keys = [{ file = \"none\" }]",
            "tokens.seal_keys[0]",
        ),
        (
            "[tokens]\nseal_keys = [{ env = \"NO_SUCH_KEY\" }]",
            "tokens.seal_keys[0]",
        ),
        ("[login_page]\nlogo = \"none.svg\"", "login_page.logo"),
        ("[login_page]\nlogo = \"config.toml\"", "login_page.logo"),
        ("[login_page]\naccent = \"#eee\"", "login_page.accent"),
        ("store = \"redis://\"", "store"),
    ] {
        let ended = check_text(&format!("{config}\n{PARTIES}"));
        assert_eq!(ended.status.code(), Some(1), "{config}: {}", ended.stdout);
        let says = format!("token-server: {key}: ");
        assert!(
            ended.stderr.starts_with(&says),
            "{config}: {}",
            ended.stderr
        );
        assert_eq!(ended.stdout, "");
    }
    let ended = check(Path::new("/nonexistent/file.toml"), &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.contains("cannot read /nonexistent/file.toml"));
}

#[test]
fn what_is_unwise_is_a_warning_and_a_failure_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60);
    let key = super::keys::new_key("paseto-local", "");
    let next = super::keys::new_key("paseto-local", "");
    let file = write_config(
        folder.path(),
        &format!(
            "listen = \"0.0.0.0:8080\"\nissuer = \"http://id.example\"\n\
             store = \"memory:\"\n\
             [policy]\non_reuse = \"report\"\n\
             [tokens]\nseal_keys = [\"{key}\", {{ key = \"{next}\", used_from = {soon} }}]\n\
             {PARTIES}"
        ),
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    for (args, code) in [(&[][..], 0), (&["--strict"], 1)] {
        let ended = check(&file, args);
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        for says in [
            "warning: policy: reuse is reported",
            "warning: tokens.signing_keys: none, so each start makes a key",
            "warning: tokens.seal_keys[1]: used from ",
            "warning: issuer: http://id.example is not https",
            "warning: clients[0].secret of TestClient is that of the demo",
            "warning: users[0].password of bshaffer is that of the demo",
            "warning: the configuration: everybody on this machine may read",
            "note: clients[0].secret: in plain text",
            "note: tokens.seal_keys[0]: in the configuration itself",
            "a server would start with it; 8 warnings",
        ] {
            assert!(ended.stdout.contains(says), "{says}: {}", ended.stdout);
        }
        for secret in ["TestSecret", "brent123", &key, &next] {
            assert!(!ended.stdout.contains(secret), "{}", ended.stdout);
        }
    }
}

#[test]
fn a_key_file_that_everybody_may_read_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("seal.key");
    fs::write(&key, super::keys::new_key("paseto-local", "")).unwrap();
    let file = write_config(
        folder.path(),
        "tokens.seal_keys = [{ file = \"seal.key\" }]",
    );
    for (mode, is_open) in [(0o600, false), (0o640, false), (0o644, true)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let found = check(&file, &[])
            .stdout
            .contains("tokens.seal_keys[0]: everybody");
        assert_eq!(found, is_open, "{mode:o}");
    }
}

#[test]
fn the_store_is_not_contacted() {
    // Nobody listens there.
    let ended = check_text("store = \"redis://127.0.0.1:1\"");
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
}
