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

use self::fleet::Fleet;
use self::load::Load;
use self::resource::Resource;
use super::browser::{Ask, Browser, parameter, redeem};
use super::process::{PARTIES, program, write_config};

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

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_logged_out_while_seal_keys_and_signing_keys_are_replaced() {
    let redis = RedisServer::start();
    let keys = Material::new(&redis);
    // Which builds it.
    drop(program());
    let begun = Instant::now();
    let fleet = Arc::new(Fleet::start(&keys.old()).await);
    let resources = [0, 1].map(|home| Resource::new(fleet.clone(), home));
    let mut load = Load::start(&fleet, resources, &keys.signing, &keys.sealing);
    load.wait_for_rounds().await;
    logins_cross(&fleet).await;

    // Far enough for two restarts on a busy machine.
    let lead = MAX_AGE + 5 * begun.elapsed() + Duration::from_secs(5);
    let used_from = Timestamp::from_secs((SystemClock.now() + lead).as_secs());
    load.expect_from(used_from);
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
        let answer = password_at.log_in(&page, "bshaffer", "brent123").await;
        let code = parameter(&answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"));
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
