//! Keys are replaced while clients are busy at two servers on one Redis.

mod fleet;
mod load;
mod resource;

use std::sync::Arc;
use std::time::{Duration, Instant};

use reissue::key::{Algorithm, SigningKey, SymmetricKey};
use reissue::{Clock as _, SystemClock, Timestamp};
use reissue_tests::ISSUER;
use reissue_tests::redis::RedisServer;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use self::fleet::Fleet;
use self::load::Load;
use self::resource::Resource;
use super::browser::{Ask, Browser, parameter, redeem};
use super::process::{PARTIES, program, run, write_config};

/// The old keys and the new ones, and the file that all servers read.
struct Material {
    folder: TempDir,
    signing: [SigningKey; 2],
    sealing: [SymmetricKey; 2],
    redis: String,
}

impl Material {
    fn new(redis: &RedisServer) -> Self {
        let keys = Self {
            folder: tempfile::tempdir().unwrap(),
            signing: [(); 2].map(|()| SigningKey::generate(Algorithm::EdDsa).unwrap()),
            sealing: [(); 2].map(|()| SymmetricKey::generate().unwrap()),
            redis: redis.url(),
        };
        for (name, key) in ["old.pem", "new.pem"].into_iter().zip(&keys.signing) {
            let pem = key.to_pem().unwrap();
            std::fs::write(keys.folder.path().join(name), pem.expose()).unwrap();
        }
        keys
    }

    /// Writes the file with these two lists of keys.
    fn write(&self, signing_keys: &str, seal_keys: &str) -> std::path::PathBuf {
        let config = format!(
            "issuer = \"{ISSUER}\"\nstore = \"{}\"\n\
             [logins]\naddress = \"connection\"\n\
             [redis]\nresponse_timeout = \"20s\"\nconnect_timeout = \"20s\"\n\
             [tokens]\nsigning_keys = [{signing_keys}]\nseal_keys = [{seal_keys}]\n\
             jwks_max_age = \"{}s\"\n{PARTIES}{APPLICATION}",
            self.redis,
            MAX_AGE.as_secs(),
        );
        write_config(self.folder.path(), &config)
    }

    fn old(&self) -> std::path::PathBuf {
        self.write("\"old.pem\"", &self.paserk(0))
    }

    /// The old keys, each in a file of its own.
    fn in_files(&self) -> std::path::PathBuf {
        let seal_key = self.sealing[0].expose_paserk();
        std::fs::write(self.folder.path().join("old.key"), seal_key.expose()).unwrap();
        self.write("\"old.pem\"", "{ file = \"old.key\" }")
    }

    /// What the command says that it has made.
    fn added(report: &str) -> Added {
        let after = |label: &str| {
            let (_, rest) = report
                .split_once(label)
                .unwrap_or_else(|| panic!("{report}"));
            rest.split([' ', ':', '\n']).next().unwrap().to_owned()
        };
        let pem = std::fs::read_to_string(after("new signing key: ")).unwrap();
        let paserk = std::fs::read_to_string(after("new seal key: ")).unwrap();
        let (_, used_from) = report.split_once("used from ").unwrap();
        let used_from = used_from.split(": ").next().unwrap();
        let used_from: jiff::Timestamp = used_from.parse().unwrap();
        Added {
            signing: SigningKey::from_pem(&pem, None).unwrap(),
            sealing: SymmetricKey::from_paserk(paserk.trim_end()).unwrap(),
            used_from: Timestamp::from_secs(used_from.as_second().try_into().unwrap()),
        }
    }

    fn with_used_from(&self, used_from: Timestamp) -> std::path::PathBuf {
        let used_from = jiff::Timestamp::from_second(used_from.as_secs().try_into().unwrap());
        let used_from = used_from.unwrap();
        let (old, new) = (self.paserk(0), self.paserk(1));
        self.write(
            &format!("\"old.pem\", {{ file = \"new.pem\", used_from = {used_from} }}"),
            &format!("{old}, {{ key = {new}, used_from = {used_from} }}"),
        )
    }

    fn without_times(&self) -> std::path::PathBuf {
        let (old, new) = (self.paserk(0), self.paserk(1));
        self.write("\"new.pem\", \"old.pem\"", &format!("{new}, {old}"))
    }

    fn paserk(&self, at: usize) -> String {
        format!("\"{}\"", self.sealing[at].expose_paserk().expose())
    }
}

/// What a rotation has added.
struct Added {
    signing: SigningKey,
    sealing: SymmetricKey,
    used_from: Timestamp,
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_logged_out_while_seal_keys_and_signing_keys_are_replaced() {
    let redis = RedisServer::start();
    let keys = Material::new(&redis);
    // Which builds it.
    drop(program());
    let begun = Instant::now();
    let fleet = Arc::new(Fleet::start(&keys.old()).await);
    let resources = [0, 1].map(|home| Resource::new(fleet.clone(), home));
    let ([signing, new_signing], [sealing, new_sealing]) = (&keys.signing, &keys.sealing);
    let mut load = Load::start(&fleet, resources, signing, sealing);
    load.wait_for_rounds().await;
    logins_cross(&fleet).await;

    // Far enough for two restarts on a busy machine.
    let lead = MAX_AGE + 5 * begun.elapsed() + Duration::from_secs(5);
    let used_from = Timestamp::from_secs((SystemClock.now() + lead).as_secs());
    load.expect_from(used_from, new_signing, new_sealing);
    let edited = keys.with_used_from(used_from);
    for node in [0, 1] {
        let ended = fleet.restart(node, &edited).await;
        assert_quiet(&ended);
        load.wait_for_rounds().await;
        logins_cross(&fleet).await;
    }
    let now = SystemClock.now();
    assert!(now + MAX_AGE < used_from, "the restarts took too long");

    load.wait_until(used_from).await;
    load.wait_for_rounds().await;
    logins_cross(&fleet).await;
    let served = load.stop().await;
    assert!(served.before > 0 && served.after > 0, "{served:?}");
    for ended in Arc::into_inner(fleet).unwrap().stop().await {
        assert_quiet(&ended);
    }
}

/// The same by `token-server keys rotate`, which makes the new keys and writes their time.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_logged_out_while_the_command_rotates_keys() {
    let redis = RedisServer::start();
    let keys = Material::new(&redis);
    // Which builds it.
    drop(program());
    let begun = Instant::now();
    let file = keys.in_files();
    let fleet = Arc::new(Fleet::start(&file).await);
    let resources = [0, 1].map(|home| Resource::new(fleet.clone(), home));
    let [signing, _] = &keys.signing;
    let [sealing, _] = &keys.sealing;
    let mut load = Load::start(&fleet, resources, signing, sealing);
    load.wait_for_rounds().await;

    // Far enough for two restarts on a busy machine.
    let window = format!("{}s", (10 * begun.elapsed()).as_secs() + 10);
    let rotated = {
        let file = file.clone();
        spawn_blocking(move || {
            let mut rotate = program();
            rotate.args(["keys", "rotate", "--restart-within", &window, "--config"]);
            run(rotate.arg(file), "")
        })
    };
    let rotated = rotated.await.unwrap();
    assert_eq!(rotated.status.code(), Some(0), "{}", rotated.stderr);
    let added = Material::added(&rotated.stdout);
    load.expect_from(added.used_from, &added.signing, &added.sealing);
    for node in [0, 1] {
        assert_quiet(&fleet.restart(node, &file).await);
        load.wait_for_rounds().await;
        logins_cross(&fleet).await;
    }
    let now = SystemClock.now();
    assert!(
        now + MAX_AGE < added.used_from,
        "the restarts took too long"
    );

    load.wait_until(added.used_from).await;
    load.wait_for_rounds().await;
    logins_cross(&fleet).await;
    let served = load.stop().await;
    assert!(served.before > 0 && served.after > 0, "{served:?}");
    for ended in Arc::into_inner(fleet).unwrap().stop().await {
        assert_quiet(&ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_times_the_other_server_denies_good_tokens() {
    let redis = RedisServer::start();
    let keys = Material::new(&redis);
    let fleet = Arc::new(Fleet::start(&keys.old()).await);
    let resource = Resource::new(fleet.clone(), 1);
    resource.fetch().await;
    fleet.restart(0, &keys.without_times()).await;
    let [restarted, other] = [fleet.node(0).await, fleet.node(1).await];

    let session = restarted.login().await;
    let denied = other.refresh(session.refresh_token()).await;
    assert_eq!(denied.summary(), "400 invalid_grant");
    other.logged_to("token of an unknown key");
    resource.deny(session.text("access_token")).await;
    let refreshed = restarted.refresh(session.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "it was good all the time");
}

/// A login whose form, password and code come to different servers.
async fn logins_cross(fleet: &Fleet) {
    for (here, there) in [(0, 1), (1, 0)] {
        let [here, there] = [fleet.node(here).await, fleet.node(there).await];
        let mut page_at = Browser::of(&here);
        let page = page_at.open(&Ask::default().path()).await;
        let mut password_at = Browser::of(&there);
        password_at.cookie = page_at.cookie.clone();
        let response = password_at.log_in(&page, "bshaffer", "brent123").await;
        let code = parameter(&response, "code").unwrap_or_else(|| panic!("no code: {response:?}"));
        let tokens = redeem(&here, &Ask::default(), &code).await;
        assert_eq!(tokens.summary(), "200", "{tokens:?}");
    }
}

fn assert_quiet(log: &str) {
    for alarm in ["unknown key", "reuse", "ERROR"] {
        assert!(!log.contains(alarm), "{log}");
    }
}

/// For how long verifiers keep the published keys here.
const MAX_AGE: Duration = Duration::from_secs(2);

const APPLICATION: &str = r#"
[[clients]]
id = "demo-app"
public = true
grants = ["authorization_code", "refresh_token"]
redirect_uris = ["http://127.0.0.1/callback"]
scope = "openid read write"
"#;
