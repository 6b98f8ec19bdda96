//! Redis by TLS, with an authority of our own and a user with no more rights than documented.

use std::path::Path;

use reissue_tests::TestKeys;
use reissue_tests::redis::{Certificate, RedisServer, RedisServerBuilder, free_port};

use super::process::{Ended, PARTIES, TokenServer, command, ended, write_config};
use super::redis::shared_with;

#[tokio::test(flavor = "multi_thread")]
async fn user_and_password_are_in_the_url_or_the_environment_and_never_in_the_log() {
    let redis = Redis::start();
    let roots = Path::new("roots.pem");
    for (userinfo, environment) in [
        (format!("{USER}:{PASSWORD}@"), vec![]),
        (
            String::new(),
            vec![("REDIS_USERNAME", USER), ("REDIS_PASSWORD", PASSWORD)],
        ),
        (format!("{USER}@"), vec![("REDIS_PASSWORD", PASSWORD)]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(redis.certificate.certificate(), folder.path().join(roots)).unwrap();
        let config = redis.config(&userinfo, roots, folder.path());
        let file = write_config(folder.path(), &config);
        let mut command = command(&file);
        command.env("RUST_LOG", "trace").envs(environment);
        let server = TokenServer::start(&mut command, Some(folder));
        let login = server.login().await;
        let refreshed = server.refresh(login.refresh_token()).await;
        assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
        let ready = server.get("/readyz").await;
        assert_eq!(ready.status, 200);
        assert!(!ready.wire().contains("missing-rights"), "{}", ready.wire());
        let logged = server.stop("TERM").stderr;
        assert!(logged.contains("session issued"), "{logged}");
        assert!(!logged.contains(PASSWORD), "{logged}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_503_and_in_no_log() {
    let redis = Redis::start();
    let folder = tempfile::tempdir().unwrap();
    let roots = redis.certificate.certificate();
    let config = redis.config(&format!("{USER}:planted@"), &roots, folder.path());
    let file = write_config(folder.path(), &config);
    let mut command = command(&file);
    command.env("RUST_LOG", "trace");
    let server = TokenServer::start(&mut command, None);
    assert_eq!(server.get("/readyz").await.status, 503);
    let logged = server.stop("TERM").stderr;
    let says = "redis does not accept the username and password";
    assert!(logged.contains(says), "{logged}");
    assert!(!logged.contains("planted"), "{logged}");
}

#[test]
fn an_authority_that_did_not_sign_is_refused_at_the_start_by_the_name_of_the_key() {
    let redis = Redis::start();
    let other = Certificate::for_localhost();
    let ended = redis.refused(&other.certificate());
    let says = "token-server: redis.root_certificates: ";
    assert!(ended.stderr.contains(says), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("invalid peer certificate"),
        "{}",
        ended.stderr
    );
    assert!(!ended.stderr.contains(PASSWORD), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_did_not_sign_for_a_cluster_is_refused_at_the_start_too() {
    let redis = Redis::start_with(RedisServer::builder().config("cluster-enabled yes"));
    let other = Certificate::for_localhost();
    let folder = tempfile::tempdir().unwrap();
    let config = |roots: &Path| {
        let config = redis.config(&format!("{USER}:{PASSWORD}@"), roots, folder.path());
        config.replace("rediss://", "rediss-cluster://")
    };
    let file = write_config(folder.path(), &config(&other.certificate()));
    let ended = ended(&mut command(&file));
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    for says in [
        "token-server: redis.root_certificates: ",
        "invalid peer certificate",
    ] {
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
    // With the one that did, it starts, though this cluster serves nothing yet.
    let file = write_config(folder.path(), &config(&redis.certificate.certificate()));
    let server = TokenServer::with_file(&file);
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[test]
fn what_is_no_certificate_is_refused_at_the_start_by_the_name_of_the_key() {
    let redis = Redis::start();
    // A key is PEM, but no certificate.
    for (roots, says) in [
        (redis.certificate.key(), "expected certificates in PEM"),
        ("nowhere.pem".into(), "cannot read"),
    ] {
        let ended = redis.refused(&roots);
        let starts = format!("token-server: redis.root_certificates: {says}");
        assert!(ended.stderr.starts_with(&starts), "{}", ended.stderr);
    }
}

/// A server with TLS, and a user who may do what the documentation says and nothing else.
struct Redis {
    certificate: Certificate,
    port: u16,
    _server: RedisServer,
}

impl Redis {
    fn start() -> Self {
        Self::start_with(RedisServer::builder())
    }

    fn start_with(builder: RedisServerBuilder) -> Self {
        let certificate = Certificate::for_localhost();
        let port = free_port();
        let server = builder
            .tls(port, &certificate)
            .user(USER, &format!("on >{PASSWORD} {RIGHTS}"))
            .start();
        Self {
            certificate,
            port,
            _server: server,
        }
    }

    /// Who logs in, and whom TLS trusts.
    fn config(&self, userinfo: &str, roots: &Path, folder: &Path) -> String {
        let store = format!("rediss://{userinfo}localhost:{}", self.port);
        let shared = shared_with(&TestKeys::generate(), &store, folder);
        let trusting = format!("[redis]\nroot_certificates = {roots:?}");
        format!("{}\n{PARTIES}", shared.replace("[redis]", &trusting))
    }

    /// What a server says that trusts those and must not start.
    fn refused(&self, roots: &Path) -> Ended {
        let folder = tempfile::tempdir().unwrap();
        let config = self.config(&format!("{USER}:{PASSWORD}@"), roots, folder.path());
        let file = write_config(folder.path(), &config);
        let ended = ended(&mut command(&file));
        assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
        ended
    }
}

const USER: &str = "app";
const PASSWORD: &str = "planted-password";
/// Those of `docs/operating.md`.
const RIGHTS: &str = "~reissue:* +eval +evalsha +time +get +set +unlink +hget +hset +hdel +hlen +hvals +hgetall +hscan \
    +hrandfield +persist +pexpireat +pexpiretime +info +config|get";
