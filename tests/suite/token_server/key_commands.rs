//! `keys`: making, listing and rotating keys.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use reissue::key::{SigningKey, SymmetricKey};

use super::keys::new_key;
use super::process::{Ended, PARTIES, TokenServer, program, run, write_config};

fn keys(args: &[&str]) -> Ended {
    run(program().arg("keys").args(args), "")
}

fn rotate(file: &Path, args: &[&str]) -> Ended {
    let file = file.to_str().unwrap();
    keys(&[&["rotate", "--config", file], args].concat())
}

fn list(file: &Path) -> String {
    let ended = keys(&["list", "--config", file.to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    ended.stdout
}

/// A folder with a key file of each kind, and a configuration with these lines about them.
fn folder(tokens: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    fs::create_dir(&keys).unwrap();
    fs::write(keys.join("old.pem"), new_key("jwt", "EdDSA")).unwrap();
    fs::write(keys.join("old.key"), new_key("paseto-local", "")).unwrap();
    let file = write_config(folder.path(), &format!("{tokens}\n{PARTIES}"));
    (folder, file)
}

const TOKENS: &str = "# Ours.\n[tokens]\nalg = \"EdDSA\" # for now\n\
    signing_keys = [\n    # The first.\n    \"keys/old.pem\", # of 2026\n]\n\
    seal_keys = [{ file = \"keys/old.key\" }] # secret!\n";

#[test]
fn keys_are_made_for_every_algorithm() {
    for alg in ["EdDSA", "ES256", "RS256"] {
        let ended = keys(&["generate", "signing", "--alg", alg]);
        let key = SigningKey::from_pem(&ended.stdout, None).unwrap();
        assert_eq!(key.algorithm().as_str(), alg);
    }
    let ended = keys(&["generate", "seal"]);
    SymmetricKey::from_paserk(ended.stdout.trim_end()).unwrap();
}

#[test]
fn a_key_goes_into_a_new_file_that_only_its_owner_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seal.key");
    let args = ["generate", "seal", "--out", file.to_str().unwrap()];
    let ended = keys(&args);
    assert_eq!((ended.status.code(), &*ended.stdout), (Some(0), ""));
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
    let key = fs::read_to_string(&file).unwrap();
    SymmetricKey::from_paserk(key.trim_end()).unwrap();

    assert_eq!(keys(&args).status.code(), Some(1), "it is there");
    assert_eq!(fs::read_to_string(&file).unwrap(), key);
}

#[test]
fn the_list_has_a_line_for_each_key_and_no_key() {
    let new = new_key("paseto-local", "");
    let (folder, file) = folder(&format!(
        "[tokens]\nsigning_keys = [\"keys/old.pem\"]\n\
         seal_keys = [{{ file = \"keys/old.key\" }},\n\
         {{ key = \"{new}\", used_from = 2999-01-31T08:00:00Z }}]"
    ));
    let listed = list(&file);
    let old = fs::read_to_string(folder.path().join("keys/old.key")).unwrap();
    let id = |paserk: &str| {
        SymmetricKey::from_paserk(paserk)
            .unwrap()
            .key_id()
            .to_owned()
    };
    let lines: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(lines[0], ["KIND", "ALGORITHM", "STATE", "ID", "FROM"]);
    assert_eq!(lines[1][..3], ["signing", "EdDSA", "in use"]);
    assert_eq!(lines[1][4], "keys/old.pem");
    assert_eq!(
        lines[2],
        ["seal", "v4.local", "in use", &id(&old), "keys/old.key"]
    );
    let used_from = "used from 2999-01-31T08:00:00Z";
    assert_eq!(
        lines[3],
        [
            "seal",
            "v4.local",
            used_from,
            &id(&new),
            "the configuration"
        ]
    );
    assert!(
        !listed.contains(&new) && !listed.contains(old.trim()),
        "{listed}"
    );

    let none = write_config(folder.path(), PARTIES);
    assert!(list(&none).contains("# No seal key: the server makes one at each start."));
}

#[tokio::test]
async fn a_rotation_adds_keys_and_keeps_every_other_byte() {
    let (folder, file) = folder(TOKENS);
    let old = folder.path().join("keys/old.pem");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::read_to_string(&file).unwrap();
    let ended = rotate(&file, &["--restart-within", "1h"]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);

    let after = fs::read_to_string(&file).unwrap();
    let added: Vec<&str> = after
        .split("{ file = \"keys/")
        .filter_map(|rest| rest.split_once("\", used_from = "))
        .filter_map(|(_, rest)| rest.split(' ').next())
        .collect();
    assert_eq!(added.len(), 2, "{after}");
    assert_eq!(added[0], added[1]);
    let used_from: jiff::Timestamp = added[0].parse().unwrap();
    let ahead = used_from.duration_since(jiff::Timestamp::now()).as_secs();
    // An hour for the restarts, and five minutes for the JWK Set.
    assert!((3_800..=3_901).contains(&ahead), "{ahead}");
    let new_files: Vec<_> = fs::read_dir(folder.path().join("keys")).unwrap().collect();
    assert_eq!(new_files.len(), 4);
    let mut without = after.clone();
    for name in ["signing", "seal"] {
        let start = without.find(&format!("{{ file = \"keys/{name}-")).unwrap();
        let end = start + without[start..].find('}').unwrap() + 1;
        without.replace_range(start..end, "");
    }
    let without = without.replace("\n    ,", "").replace("}, ]", "}]");
    assert_eq!(without, before);
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o640);
    let modes = new_files.into_iter().map(|entry| entry.unwrap());
    let pem = modes.filter(|entry| entry.file_name().to_string_lossy().ends_with(".pem"));
    for entry in pem {
        assert_eq!(
            entry.metadata().unwrap().mode() & 0o777,
            0o640,
            "as the old one"
        );
    }

    let listed = list(&file);
    assert_eq!(listed.matches("in use").count(), 2, "{listed}");
    assert_eq!(listed.matches("used from").count(), 2, "{listed}");
    let server = TokenServer::with_file(&file);
    let published = server.get("/.well-known/jwks.json").await;
    assert_eq!(published.json["keys"].as_array().unwrap().len(), 2);

    let again = rotate(&file, &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stderr.contains("is not used yet"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), after);
}

#[test]
fn one_kind_is_rotated_and_the_algorithm_may_change() {
    let (_folder, file) = folder(TOKENS);
    let ended = rotate(&file, &["signing", "--alg", "ES256"]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.contains("alg = \"ES256\" # for now"), "{after}");
    assert!(after.contains("seal_keys = [{ file = \"keys/old.key\" }] # secret!"));
    let listed = list(&file);
    assert!(listed.contains("signing  ES256"), "{listed}");
    let ended = rotate(&file, &["seal"]);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
}

#[test]
fn a_link_to_the_configuration_stays_one() {
    let (folder, file) = folder(TOKENS);
    let link = folder.path().join("link.toml");
    symlink(&file, &link).unwrap();
    assert_eq!(rotate(&link, &["seal"]).status.code(), Some(0));
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().contains("used_from"));
}

#[test]
fn a_rotation_that_would_not_start_changes_nothing() {
    for (tokens, args, says) in [
        // Nothing to rotate.
        (
            "[tokens]\n",
            &["seal"][..],
            "tokens.seal_keys: not in the file",
        ),
        (
            "[tokens]\nseal_keys = [{ file = \"keys/old.key\" }]\n",
            &["signing"],
            "tokens.signing_keys: not in the file",
        ),
        // An array that cannot be added to.
        (
            "[[tokens.seal_keys]]\nfile = \"keys/old.key\"\n",
            &["seal"],
            "tokens.seal_keys: expected an array in brackets",
        ),
        // A server would not start with it now either.
        (
            "[tokens]\nsigning_keys = [\"keys/none.pem\"]\n",
            &["signing"],
            "cannot read",
        ),
        // The algorithm is not that of the file.
        (
            "[tokens]\nsigning_keys = [\"keys/old.pem\"]\n",
            &["signing", "--alg", "ES256"],
            "tokens.alg: not in the file",
        ),
        // The second kind fails after the first one succeeded.
        (
            "[tokens]\nsigning_keys = [\"keys/old.pem\"]\n",
            &[],
            "tokens.seal_keys: not in the file",
        ),
    ] {
        let (folder, file) = folder(tokens);
        let before = fs::read_to_string(&file).unwrap();
        let ended = rotate(&file, args);
        assert_eq!(ended.status.code(), Some(1), "{tokens}: {}", ended.stdout);
        assert!(ended.stderr.contains(says), "{tokens}: {}", ended.stderr);
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        let left_keys: Vec<_> = fs::read_dir(folder.path().join("keys")).unwrap().collect();
        assert_eq!(
            (left.len(), left_keys.len()),
            (2, 2),
            "{left:?} {left_keys:?}"
        );
    }
}
