//! The database and the keys that the server keeps by itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use http::Request;

use super::process::{Ended, TokenServer, ended, program, run};

/// The demo with a data folder, on a free port or on that of an earlier run.
fn start(data: &Path, address: &str) -> TokenServer {
    TokenServer::start(
        program().args(["--listen", address, "--data"]).arg(data),
        None,
    )
}

fn backup(data: &Path, copy: &Path) -> Ended {
    run(
        program().arg("backup").arg(copy).arg("--data").arg(data),
        "",
    )
}

#[tokio::test]
async fn a_killed_server_keeps_every_session_and_every_key() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let first = start(&data, "127.0.0.1:0");
    let address = first.address.to_string();
    assert!(
        first
            .printed_to("# Data is kept in")
            .contains("survive a restart")
    );
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let login = first.login().await;
        tokens.push(first.refresh(login.refresh_token()).await);
    }
    let ended = first.stop("KILL");
    assert!(!ended.stderr.contains("WARN"), "{}", ended.stderr);

    let second = start(&data, &address);
    for token in &tokens {
        let seen = second.introspect(token.text("access_token")).await;
        assert_eq!(seen["active"], true, "{seen}");
        let refreshed = second.refresh(token.refresh_token()).await;
        assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
    }
}

#[tokio::test]
async fn what_it_keeps_is_readable_by_its_owner_only() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let server = start(&data, "127.0.0.1:0");
    server.login().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let mut files = Vec::new();
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        files.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    files.sort_unstable();
    assert_eq!(
        files,
        [
            "seal.key",
            "sessions.db",
            "sessions.db-lock",
            "sessions.db-shm",
            "sessions.db-wal",
            "signing-eddsa.pem"
        ]
    );
}

#[tokio::test]
async fn a_restored_backup_logs_out_nobody_who_was_in_it() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let server = start(&data, "127.0.0.1:0");
    let address = server.address.to_string();
    let mut token = server.login().await.refresh_token().to_owned();
    token = server.refresh(&token).await.refresh_token().to_owned();
    let copy = parent.path().join("copy.db");
    let made = backup(&data, &copy);
    assert_eq!(made.status.code(), Some(0), "{}", made.stderr);
    for _ in 0..3 {
        token = server.refresh(&token).await.refresh_token().to_owned();
    }
    let later = server.login().await.refresh_token().to_owned();
    server.stop("TERM");

    for file in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
        // The last two are gone after a clean stop.
        let _ = fs::remove_file(data.join(file));
    }
    fs::rename(&copy, data.join("sessions.db")).unwrap();
    let restored = start(&data, &address);
    let refreshed = restored.refresh(&token).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
    restored.logged_to("record fast-forwarded");
    // It was created after the copy.
    assert_eq!(
        restored.refresh(&later).await.summary(),
        "400 invalid_grant"
    );
}

#[test]
fn a_backup_overwrites_nothing_and_needs_a_database() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let copy = parent.path().join("copy.db");
    let no_database = backup(&data, &copy);
    assert_eq!(no_database.status.code(), Some(1));
    drop(start(&data, "127.0.0.1:0"));
    fs::write(&copy, "mine").unwrap();
    let existing = backup(&data, &copy);
    assert_eq!(existing.status.code(), Some(1), "{}", existing.stderr);
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    let elsewhere = run(
        program()
            .args(["backup", "--store", "memory:"])
            .arg(parent.path().join("other.db")),
        "",
    );
    assert!(
        elsewhere.stderr.contains("store: expected a database"),
        "{}",
        elsewhere.stderr
    );
}

#[tokio::test]
async fn the_second_server_of_a_restart_serves_the_same_sessions_and_reports_the_first() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let first = start(&data, "127.0.0.1:0");
    // Another port is another issuer, whose sessions are other ones: only the overlap is looked at.
    let second = start(&data, "127.0.0.1:0");
    second.logged_to("second-process");
    let (one, other) = (first.login().await, second.login().await);
    assert_eq!(first.refresh(one.refresh_token()).await.summary(), "200");
    assert_eq!(second.refresh(other.refresh_token()).await.summary(), "200");
    let ready = first.send(Request::get("/readyz"), "").await;
    assert_eq!(ready.json["findings"], serde_json::json!([]), "{ready:?}");
}

#[test]
fn a_file_that_cannot_be_used_ends_the_start_and_is_left_as_it_is() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("notes.txt");
    let text = "not a database, but long enough to be read as one: ".repeat(40);
    fs::write(&file, &text).unwrap();
    let store = format!("sqlite:{}", file.display());
    let args = ["--listen", "127.0.0.1:0", "--store", &store, "--data"];
    let ended = ended(program().args(args).arg(parent.path().join("data")));
    assert_eq!(ended.status.code(), Some(1));
    let says = format!("store: cannot use {}", file.display());
    assert!(ended.stderr.contains(&says), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("no sqlite database"),
        "{}",
        ended.stderr
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[tokio::test]
async fn in_memory_no_file_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command
        .args(["--listen", "127.0.0.1:0", "--store", "memory:"])
        .current_dir(folder.path());
    let server = TokenServer::start(&mut command, None);
    server.login().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn without_options_the_data_folder_is_in_the_state_folder_or_in_the_working_one() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    for (variable, expected) in [
        ("", folder.path().join("reissue-data")),
        (state.to_str().unwrap(), state.join("reissue")),
    ] {
        let mut command = program();
        command
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .env("XDG_STATE_HOME", variable);
        let server = TokenServer::start(&mut command, None);
        server.login().await;
        assert!(expected.join("sessions.db").exists(), "{variable}");
    }
}
