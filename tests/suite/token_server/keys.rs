//! Token formats, and keys that outlive the process.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::key::{Algorithm, SigningKey, SymmetricKey};
use serde_json::Value;

use super::process::{PARTIES, TOKEN, TokenServer, command, ended, refused, write_config};

#[tokio::test]
async fn a_jwt_is_signed_as_configured() {
    for alg in ["EdDSA", "ES256", "RS256"] {
        let server = TokenServer::with(&format!("[tokens]\nformat = \"jwt\"\nalg = \"{alg}\""));
        let login = server.login().await;
        let token = login.text("access_token");
        let header = token.split('.').next().expect("a header");
        let header = BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64url");
        let header: Value = serde_json::from_slice(&header).expect("JSON");
        assert_eq!(header["alg"], alg);
        assert_eq!(header["typ"], "at+jwt");
        assert_eq!(server.introspect(token).await["sub"], "bshaffer");
    }
}

#[tokio::test]
async fn a_paseto_is_of_the_configured_kind() {
    for (format, start) in [("paseto", "v4.public."), ("paseto-local", "v4.local.")] {
        let server = TokenServer::with(&format!("[tokens]\nformat = \"{format}\""));
        let login = server.login().await;
        let token = login.text("access_token");
        assert!(token.starts_with(start), "{token}");
        assert_eq!(server.introspect(token).await["sub"], "bshaffer");
        let refreshed = server.refresh(login.refresh_token()).await;
        assert!(refreshed.text("access_token").starts_with(start));
    }
}

#[tokio::test]
async fn tokens_of_a_key_file_outlive_the_process_and_the_keys_place() {
    for (format, alg) in [
        ("jwt", "EdDSA"),
        ("jwt", "ES256"),
        ("paseto", "EdDSA"),
        ("paseto-local", "EdDSA"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["old.key", "new.key"] {
            fs::write(folder.path().join(name), new_key(format, alg)).expect("our folder");
        }
        let tokens =
            |keys: &str| format!("format = \"{format}\"\nalg = \"{alg}\"\nsigning_keys = [{keys}]");
        let before = server(folder.path(), &tokens("\"old.key\""));
        let granted = before
            .post_as_client(TOKEN, "grant_type=client_credentials")
            .await;
        let token = granted.text("access_token");
        drop(before);

        let after = server(folder.path(), &tokens("\"new.key\", \"old.key\""));
        assert_eq!(
            after.introspect(token).await["active"],
            true,
            "{format} {alg}"
        );
        drop(after);

        let without = server(folder.path(), &tokens("\"new.key\""));
        assert_eq!(
            without.introspect(token).await["active"],
            false,
            "{format} {alg}"
        );
    }
}

/// Broken once: it was active until it expired.
#[tokio::test]
async fn the_token_of_a_user_who_was_disabled_or_removed_is_inactive() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("key"), new_key("jwt", "EdDSA")).expect("our folder");
    let config = |users: &str| {
        format!(
            "issuer = \"https://id.example\"\n[logins]\naddress = \"connection\"\n[tokens]\nsigning_keys = [\"key\"]\n[[clients]]\nid = \"TestClient\"\nsecret = \"TestSecret\"\n\
             grants = [\"password\", \"client_credentials\"]\n{users}"
        )
    };
    let start = |users| TokenServer::with_file(&write_config(folder.path(), &config(users)));
    let user = "[[users]]\nname = \"bshaffer\"\npassword = \"brent123\"\n";
    let before = start(user);
    let login = before.login().await;
    let own = before
        .post_as_client(TOKEN, "grant_type=client_credentials")
        .await;
    drop(before);
    let disabled = format!("{user}disabled = true");
    for (users, is_active) in [(user, true), (&disabled, false), ("", false)] {
        let after = start(users);
        let seen = after.introspect(login.text("access_token")).await;
        assert_eq!(seen["active"], is_active, "{users}");
        let seen = after.introspect(own.text("access_token")).await;
        assert_eq!(seen["active"], true, "no user's");
    }
}

#[tokio::test]
async fn a_ring_of_seal_keys_loads_and_the_first_seals() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = [(); 2].map(|()| SymmetricKey::generate().expect("randomness"));
    let paserk = |key: &SymmetricKey| format!("\"{}\"", key.expose_paserk().expose());
    let keys = format!("seal_keys = [{}, {}]", paserk(&new), paserk(&old));
    let server = server(folder.path(), &keys);
    let login = server.login().await;
    let footer = BASE64_URL_SAFE_NO_PAD.encode(new.short_id());
    assert!(login.refresh_token().ends_with(&footer), "{login:?}");
    assert_eq!(server.refresh(login.refresh_token()).await.summary(), "200");
}

#[tokio::test]
async fn keys_may_be_in_files_and_in_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let [sealing, old] = [(); 2].map(|()| new_key("paseto-local", ""));
    fs::write(folder.path().join("seal.key"), format!("{sealing}\n")).expect("our folder");
    let file = write_config(
        folder.path(),
        &format!(
            "[tokens]\nsigning_keys = [{{ env = \"SIGNING_KEY\" }}]\n\
             seal_keys = [{{ file = \"seal.key\" }}, {{ env = \"OLD_SEAL_KEY\" }}]\n{PARTIES}"
        ),
    );
    let mut command = command(&file);
    command
        .env("SIGNING_KEY", new_key("jwt", "EdDSA"))
        .env("OLD_SEAL_KEY", format!(" {old}\n"));
    let server = TokenServer::start(&mut command, None);
    let login = server.login().await;
    let key = SymmetricKey::from_paserk(&sealing).expect("a key");
    let footer = BASE64_URL_SAFE_NO_PAD.encode(key.short_id());
    assert!(login.refresh_token().ends_with(&footer), "{login:?}");
    let logged = server.stop("TERM").stderr;
    assert!(!logged.contains("survives a restart"), "{logged}");

    for (variable, says) in [
        (
            "SIGNING_KEY",
            "tokens.signing_keys[0]: the environment variable SIGNING_KEY is not set",
        ),
        (
            "OLD_SEAL_KEY",
            "tokens.seal_keys[1]: the environment variable OLD_SEAL_KEY is not set",
        ),
    ] {
        let ended = ended(command.env_remove(variable));
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
        command
            .env("SIGNING_KEY", new_key("jwt", "EdDSA"))
            .env("OLD_SEAL_KEY", &old);
    }
    let ended = ended(command.env("OLD_SEAL_KEY", "k4.local.pl4nt3d"));
    let says = "token-server: tokens.seal_keys[1]: the key cannot be used";
    assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
    assert!(!ended.stderr.contains("pl4nt3d"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_key_with_a_passphrase_opens_with_it_only() {
    let pem = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/reissue/src/key/fixtures/test-ed25519-pbkdf2.pem"
    );
    let tokens = |more: &str| format!("[tokens]\nsigning_keys = [\"{pem}\"]\n{more}\n{PARTIES}");
    let folder = tempfile::tempdir().expect("a folder");
    let passphrase = "signing_key_passphrase = \"test passphrase\"";
    let file = write_config(folder.path(), &tokens(passphrase));
    let server = TokenServer::with_file(&file);
    let login = server.login().await;
    assert_eq!(
        server.introspect(login.text("access_token")).await["active"],
        true
    );

    fs::write(folder.path().join("passphrase"), "test passphrase\n").expect("our folder");
    let in_a_file = "signing_key_passphrase = { file = \"passphrase\" }";
    TokenServer::with_file(&write_config(folder.path(), &tokens(in_a_file)));

    for wrong in ["", "signing_key_passphrase = \"planted\""] {
        let ended = refused(&tokens(wrong));
        assert_eq!(ended.status.code(), Some(1));
        let says = "token-server: tokens.signing_keys[0]: the key cannot be used: ";
        assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
        assert!(ended.stderr.contains("passphrase"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("planted"), "{}", ended.stderr);
    }
}

#[test]
fn keys_that_do_not_fit_are_rejected_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).expect("our folder");
        format!("\"{}\"", file.display())
    };
    let es256 = file("es256", &new_key("jwt", "ES256"));
    let shared = new_key("paseto-local", "EdDSA");
    let local = file("local", &shared);
    for tokens in [
        format!("signing_keys = [{es256}]"),
        format!("format = \"paseto\"\nsigning_keys = [{es256}]"),
        format!("format = \"paseto-local\"\nsigning_keys = [{es256}]"),
        format!("format = \"paseto-local\"\nsigning_keys = [{local}]\nseal_keys = [\"{shared}\"]"),
    ] {
        let ended = refused(&format!("[tokens]\n{tokens}\n{PARTIES}"));
        assert_eq!(ended.status.code(), Some(1), "{tokens}");
        let says = "token-server: tokens.signing_keys[0]: ";
        assert!(ended.stderr.starts_with(says), "{tokens}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_key_with_a_time_is_used_once_it_has_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = [(); 2].map(|()| SymmetricKey::generate().expect("randomness"));
    let paserk = |key: &SymmetricKey| format!("\"{}\"", key.expose_paserk().expose());
    let (first, second) = (paserk(&old), paserk(&new));
    for (keys, used) in [
        (
            format!("{first}, {{ key = {second}, used_from = {PAST} }}"),
            &new,
        ),
        (
            format!("{{ key = {second}, used_from = {PAST} }}, {first}"),
            &new,
        ),
        (
            format!("{first}, {{ key = {second}, used_from = {FUTURE} }}"),
            &old,
        ),
        (
            format!("{{ key = {second}, used_from = {FUTURE} }}, {first}"),
            &old,
        ),
        (format!("{{ key = {second}, used_from = {PAST} }}"), &new),
        (format!("{{ key = {second} }}, {{ key = {first} }}"), &new),
    ] {
        let server = server(folder.path(), &format!("seal_keys = [{keys}]"));
        let login = server.login().await;
        let footer = BASE64_URL_SAFE_NO_PAD.encode(used.short_id());
        assert!(login.refresh_token().ends_with(&footer), "{keys}");
    }
}

#[tokio::test]
async fn keys_that_are_not_used_yet_are_published_and_logged() {
    for (format, file) in [("jwt", "EdDSA"), ("paseto", "EdDSA")] {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["old.key", "new.key"] {
            fs::write(folder.path().join(name), new_key(format, file)).expect("our folder");
        }
        let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(240);
        for (used_from, level) in [(FUTURE, "INFO"), (&*soon.to_string(), "WARN")] {
            let keys = format!(
                "format = \"{format}\"\n\
                 signing_keys = [\"old.key\", {{ file = \"new.key\", used_from = {used_from} }}]"
            );
            let server = server(folder.path(), &keys);
            let log = server.logged_to("tokens.signing_keys[1]: used from ");
            let line = log.lines().last().expect("it is there");
            assert!(line.contains(level), "{line}");
            assert_eq!(
                line.contains("less than 300 s ahead"),
                level == "WARN",
                "{line}"
            );
            let published = server.get("/.well-known/jwks.json").await;
            assert_eq!(
                published.json["keys"].as_array().expect("an array").len(),
                2
            );
            assert_eq!(published.headers["cache-control"], "public, max-age=300");
        }
        let keys = format!(
            "format = \"{format}\"\njwks_max_age = \"1m\"\n\
             signing_keys = [\"old.key\", {{ file = \"new.key\", used_from = {soon} }}]"
        );
        let server = server(folder.path(), &keys);
        let log = server.logged_to("tokens.signing_keys[1]: used from ");
        assert!(!log.contains("ahead"), "{log}");
        let published = server.get("/.well-known/jwks.json").await;
        assert_eq!(published.headers["cache-control"], "public, max-age=60");
    }
}

#[test]
fn keys_none_of_which_is_used_yet_are_rejected_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    let says = "used_from: expected a time that has passed, because there is no key to use before";
    for (format, alg) in [
        ("jwt", "ES256"),
        ("paseto", "EdDSA"),
        ("paseto-local", "EdDSA"),
    ] {
        fs::write(&file, new_key(format, alg)).expect("our folder");
        let ended = refused(&format!(
            "[tokens]\nformat = \"{format}\"\nalg = \"{alg}\"\n\
             signing_keys = [{{ file = {file:?}, used_from = {FUTURE} }}]\n{PARTIES}"
        ));
        assert_eq!(ended.status.code(), Some(1), "{format}");
        let says = format!("token-server: tokens.signing_keys[0].{says}");
        assert!(ended.stderr.starts_with(&says), "{}", ended.stderr);
    }
    let [one, other] = [(); 2].map(|()| new_key("paseto-local", "EdDSA"));
    let ended = refused(&format!(
        "[tokens]\nseal_keys = [{{ key = \"{one}\", used_from = 9000-01-01T00:00:00Z }}, \
         {{ key = \"{other}\", used_from = {FUTURE} }}]\n{PARTIES}"
    ));
    let says = format!("token-server: tokens.seal_keys[1].{says}");
    assert!(
        ended.stderr.starts_with(&says),
        "the earliest: {}",
        ended.stderr
    );
}

/// Whatever the time: or a file that starts today would not start tomorrow.
#[tokio::test]
async fn the_algorithm_is_that_of_the_key_that_is_used_in_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, alg) in [("old.key", "EdDSA"), ("new.key", "ES256")] {
        fs::write(folder.path().join(name), new_key("jwt", alg)).expect("our folder");
    }
    for (used_from, signs) in [(PAST, "ES256"), (FUTURE, "EdDSA")] {
        let keys = |alg: &str| {
            format!(
                "alg = \"{alg}\"\n\
                 signing_keys = [\"old.key\", {{ file = \"new.key\", used_from = {used_from} }}]"
            )
        };
        let server = server(folder.path(), &keys("ES256"));
        let login = server.login().await;
        let header = login.text("access_token").split('.').next();
        let header = BASE64_URL_SAFE_NO_PAD.decode(header.expect("a header"));
        let header: Value = serde_json::from_slice(&header.expect("base64url")).expect("JSON");
        assert_eq!(header["alg"], signs);

        let file = write_config(
            folder.path(),
            &format!("[tokens]\n{}\n{PARTIES}", keys("EdDSA")),
        );
        let ended = ended(&mut command(&file));
        let says = "token-server: tokens.signing_keys[1]: expected a key for EdDSA";
        assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
    }
}

/// A server whose issuer does not change from one start to the next.
fn server(folder: &Path, tokens: &str) -> TokenServer {
    let config = format!(
        "issuer = \"https://id.example\"\n[logins]\naddress = \"connection\"\n[tokens]\n{tokens}\n{PARTIES}"
    );
    TokenServer::with_file(&write_config(folder, &config))
}

pub(super) fn new_key(format: &str, alg: &str) -> String {
    if format == "paseto-local" {
        let key = SymmetricKey::generate().expect("randomness");
        return key.expose_paserk().expose().to_owned();
    }
    let algorithm: Algorithm = alg.parse().expect("an algorithm");
    let key = SigningKey::generate(algorithm).expect("randomness");
    key.to_pem().expect("PEM").expose().to_owned()
}

const PAST: &str = "2020-01-01T00:00:00Z";
const FUTURE: &str = "2999-12-31T23:59:59+01:00";
