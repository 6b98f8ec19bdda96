//! Token formats, and keys that outlive the process.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::key::{Algorithm, SigningKey, SymmetricKey};
use serde_json::Value;

use super::process::{PARTIES, TOKEN, TokenServer, refused, write_config};

#[tokio::test]
async fn a_jwt_is_signed_as_the_configuration_says() {
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
async fn a_paseto_is_of_the_kind_that_the_configuration_says() {
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
fn keys_that_do_not_fit_are_refused_by_name() {
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

/// A server whose issuer does not change from one start to the next.
fn server(folder: &Path, tokens: &str) -> TokenServer {
    let config = format!("issuer = \"https://id.example\"\n[tokens]\n{tokens}\n{PARTIES}");
    TokenServer::with_file(&write_config(folder, &config))
}

fn new_key(format: &str, alg: &str) -> String {
    if format == "paseto-local" {
        let key = SymmetricKey::generate().expect("randomness");
        return key.expose_paserk().expose().to_owned();
    }
    let algorithm: Algorithm = alg.parse().expect("an algorithm");
    let key = SigningKey::generate(algorithm).expect("randomness");
    key.to_pem().expect("PEM").expose().to_owned()
}
