//! A server that changes its store: `token-server copy`.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{Create, Store as _, SubjectKey};
use reissue_sqlite::SqliteStore;
use reissue_tests::postgres::PostgresServer;
use reissue_tests::proxy::{Afterwards, named};
use reissue_tests::redis::{RedisServer, wait_until};
use reissue_tests::{ISSUER, Proxy, TestKeys};
use tokio::task::JoinSet;

use super::process::{Ended, TokenServer, program, run};

/// What stays the same whatever the store is.
fn shared(folder: &Path) -> String {
    let keys = TestKeys::generate();
    let pem = folder.join("key.pem");
    std::fs::write(&pem, keys.signing.to_pem().unwrap().expose()).unwrap();
    format!(
        "[logins]\naddress = \"connection\"\n\
         [sqlite]\nresponse_timeout = \"20s\"\n\
         [postgres]\nresponse_timeout = \"20s\"\n\
         [redis]\nresponse_timeout = \"20s\"\n\
         [tokens]\nsigning_keys = [{pem:?}]\nseal_keys = [\"{}\"]",
        keys.sealing.expose_paserk().expose(),
    )
}

fn start(store: &str, shared: &str) -> TokenServer {
    TokenServer::with(&format!(
        "listen = \"127.0.0.1:0\"\nissuer = \"{ISSUER}\"\nstore = \"{store}\"\n{shared}"
    ))
}

fn copy(from: &str, to: &str, more: &[&str]) -> Ended {
    let args = ["copy", "--from", from, "--to", to];
    run(program().args(args).args(more), "")
}

async fn a_move_logs_nobody_out(from: &str, to: &str, shared: &str) {
    let old = start(from, shared);
    let alive = old.login().await;
    let revoked = old.login().await;
    let late = old.login().await;
    let copied = copy(from, to, &[]);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    assert!(copied.stdout.contains("sessions copied: 3\n"), "{copied:?}");

    // While the old store is still in use.
    let alive = old.refresh(alive.refresh_token()).await;
    let form = format!("token={}", revoked.refresh_token());
    let response = old.post_as_client("/oauth2/revoke", &form).await;
    assert_eq!(response.summary(), "200", "{response:?}");
    let other = old.login().await;
    let lost = old.refresh(late.refresh_token()).await;
    assert_eq!(lost.summary(), "200", "{lost:?}");
    old.stop("TERM");

    let refused = copy(from, to, &[]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(refused.stderr.contains("--update"), "{refused:?}");
    let updated = copy(from, to, &["--update"]);
    assert_eq!(updated.status.code(), Some(0), "{updated:?}");
    for line in [
        "sessions copied: 1\n",
        "sessions changed: 2\n",
        "sessions removed: 1\n",
    ] {
        assert!(updated.stdout.contains(line), "{updated:?}");
    }

    let new = start(to, shared);
    for token in [&alive, &other] {
        let refreshed = new.refresh(token.refresh_token()).await;
        assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
    }
    assert_eq!(
        new.refresh(revoked.refresh_token()).await.summary(),
        "400 invalid_grant"
    );
    // Its last response was lost, and it tries again within the grace period.
    let retried = new.refresh(late.refresh_token()).await;
    assert_eq!(retried.summary(), "200", "{retried:?}");
    new.logged_to("retried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_from_sqlite_to_postgres_and_on_to_redis_logs_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let (postgres, redis) = (PostgresServer::start(), RedisServer::start());
    let sqlite = format!("sqlite:{}", folder.path().join("sessions.db").display());
    let shared = shared(folder.path());
    a_move_logs_nobody_out(&sqlite, &postgres.url(), &shared).await;
    // The sessions of the first move are among them.
    let on_redis = redis.url();
    let copied = copy(&postgres.url(), &on_redis, &[]);
    assert!(copied.stdout.contains("sessions copied: 3\n"), "{copied:?}");
    let back = copy(&on_redis, &sqlite, &["--update"]);
    assert_eq!(back.status.code(), Some(0), "{back:?}");
}

/// A copy that somebody interrupts is completed by an update, not begun anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_interrupted_is_completed() {
    const SESSIONS: u64 = 600;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sessions.db");
    let store = SqliteStore::open(&file).unwrap();
    let mut created = JoinSet::new();
    for number in 0..SESSIONS {
        let store = store.clone();
        created.spawn(async move { store.create(session(number)).await.unwrap() });
    }
    created.join_all().await;
    drop(store);
    let from = format!("sqlite:{}", file.display());
    let redis = RedisServer::start();
    let proxy = Proxy::start(redis.port());
    proxy.drop_reply_of(200, Afterwards::Silence, named("EVALSHA"));

    let mut interrupted = program()
        .args(["copy", "--from", &from, "--to", &proxy.url()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("a reply is missing", PATIENCE, || {
        (proxy.faults() > 0).then_some(())
    });
    let kill = format!("kill -INT {}", interrupted.id());
    let killed = Command::new("sh").args(["-c", &kill]).status();
    assert!(killed.unwrap().success());
    let status = interrupted.wait().unwrap();
    assert_eq!(status.signal(), Some(2), "it ends at once");
    drop(proxy);

    let refused = copy(&from, &redis.url(), &[]);
    assert!(refused.stderr.contains("--update"), "{refused:?}");
    let completed = copy(&from, &redis.url(), &["--update"]);
    assert_eq!(completed.status.code(), Some(0), "{completed:?}");
    let count = |what: &str| -> u64 {
        let mut lines = completed.stdout.lines();
        let count = lines.find_map(|line| line.strip_prefix(what));
        count.unwrap().trim().parse().unwrap()
    };
    let (added, equal) = (
        count("sessions copied:"),
        count("sessions that were equal:"),
    );
    assert!(added > 0 && equal > 0, "{completed:?}");
    assert_eq!(added + equal, SESSIONS, "{completed:?}");
}

fn session(number: u64) -> Create {
    Create {
        subject: SubjectKey::derive(ISSUER, &number.to_string()),
        sid: Sid::from_bytes(u128::from(number).to_be_bytes()),
        idle: Some(Duration::from_secs(3_600)),
        expires_at: None,
        details: Bytes::from_static(b"what is granted to a client"),
        limit: None,
    }
}

#[test]
fn what_cannot_be_copied_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sessions.db");
    let sqlite = format!("sqlite:{}", file.display());
    for (from, to) in [("memory:", &*sqlite), (&*sqlite, "memory:")] {
        let refused = copy(from, to, &[]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    }
    let nothing = copy(&sqlite, "redis://127.0.0.1:1", &[]);
    assert!(
        nothing.stderr.contains("--from: expected the file"),
        "{nothing:?}"
    );
    assert!(!file.exists(), "nothing is created");

    std::fs::write(&file, "").unwrap();
    let itself = copy(&sqlite, &sqlite, &["--update"]);
    assert_eq!(itself.status.code(), Some(1), "{itself:?}");
    assert!(itself.stderr.contains("the same one"), "{itself:?}");

    let unreachable = copy(&sqlite, "redis://user:hidden@127.0.0.1:1", &[]);
    assert_eq!(unreachable.status.code(), Some(1), "{unreachable:?}");
    assert!(
        unreachable.stderr.contains("--to: the store failed"),
        "{unreachable:?}"
    );
    assert!(
        !format!("{unreachable:?}").contains("hidden"),
        "{unreachable:?}"
    );
    let unknown = copy(&sqlite, "mysql://user:hidden@db", &[]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(!unknown.stderr.contains("hidden"), "{unknown:?}");
}

#[test]
fn memory_is_refused_with_the_reason() {
    let refused = copy("memory:", "redis://127.0.0.1:1", &[]);
    assert!(
        refused.stderr.contains("memory: belongs to one process"),
        "{refused:?}"
    );
}

const PATIENCE: Duration = Duration::from_secs(20);
