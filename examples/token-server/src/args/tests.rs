use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::config::StoreUrl;

fn serve(args: &[&str]) -> Options {
    match Command::parse(args) {
        Ok(Command::Serve(options)) => options,
        other => panic!("expected to serve, got {other:?}"),
    }
}

fn refusal(args: &[&str]) -> String {
    Command::parse(args).expect_err("refused").to_string()
}

#[test]
fn no_arguments_mean_the_demo() {
    let config = serve(&[]).load().expect("the demo is valid");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.clients[0].id, "TestClient");
}

#[test]
fn options_win_over_the_file() {
    let options = serve(&["--listen", "[::1]:0", "--store=memory:"]);
    let config = options.load().expect("the demo is valid");
    assert_eq!(config.listen.to_string(), "[::1]:0");
    assert!(matches!(config.store, Some(StoreUrl::Memory)));
}

#[test]
fn the_last_of_two_counts() {
    let options = serve(&["--config", "a.toml", "-c", "b.toml"]);
    assert_eq!(options.config, Some(PathBuf::from("b.toml")));
}

#[test]
fn help_and_version_are_asked_for_by_long_and_short_names() {
    for flag in ["--help", "-h"] {
        assert!(matches!(Command::parse([flag]), Ok(Command::Help(_))));
    }
    for flag in ["--version", "-V"] {
        assert!(matches!(Command::parse([flag]), Ok(Command::Version)));
    }
}

#[test]
fn help_lists_every_option() {
    for word in [
        "--config FILE",
        "--listen ADDR",
        "--store URL",
        "--data DIR",
        "--help",
        "--version",
        "--init DIR",
        "backup ",
        "check ",
        "copy ",
        "keys ",
        "hash-secret ",
        "docs/reference/token-server.md",
        "RUST_LOG",
    ] {
        assert!(help::SERVE.contains(word), "{word}");
    }
}

#[test]
fn a_copy_needs_two_stores() {
    let from = ["copy", "--from", "sqlite:sessions.db"];
    assert_eq!(refusal(&from), "missing --to URL");
    let to = ["copy", "--to=redis://cache.example"];
    assert_eq!(refusal(&to), "missing --from URL");
    let unknown = ["copy", "--to", "mysql://user:hidden@db.example/reissue"];
    let refusal = refusal(&unknown);
    assert!(refusal.starts_with("--to: "), "{refusal}");
    assert!(!refusal.contains("hidden"), "{refusal}");
    match Command::parse(
        from.into_iter()
            .chain(["--update", "--to=redis://cache.example"]),
    ) {
        Ok(Command::Copy(options)) => assert!(options.update && options.config.is_none()),
        other => panic!("expected to copy, got {other:?}"),
    }
}

#[test]
fn what_is_not_understood_is_named() {
    assert_eq!(refusal(&["--prot", "80"]), "invalid option '--prot'");
    assert_eq!(
        refusal(&["serve"]),
        "unknown command \"serve\"; expected backup, check, copy, hash-secret or keys"
    );
    assert_eq!(
        refusal(&["-l", "127.0.0.1:0", "check"]),
        "unexpected argument \"check\""
    );
    assert_eq!(
        refusal(&["--listen"]),
        "missing argument for option '--listen'"
    );
    assert_eq!(
        refusal(&["--listen", "localhost"]),
        "--listen: expected an IP address and port such as 127.0.0.1:8080; found \"localhost\""
    );
    assert_eq!(
        refusal(&["--store", "mysql://root:pw@db"]),
        "--store: expected the URL of a store, such as \"sqlite:sessions.db\", \
         \"postgres://user@host/database\", \"redis://host\", \
         \"redis-sentinel://host,host/master\", \"redis-cluster://host,host\" or \"memory:\"; \
         found the scheme \"mysql\""
    );
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let options = serve(&["--config", "/nonexistent/reissue.toml"]);
    let error = options.load().expect_err("no such file");
    assert_eq!(error.to_string(), "cannot read /nonexistent/reissue.toml");
}

#[test]
fn each_command_has_a_help_with_examples_in_lines_that_fit() {
    for (args, text) in [
        (&["--help"][..], help::SERVE),
        (&["check", "--help"], help::CHECK),
        (&["check", "--config", "x", "-h"], help::CHECK),
        (&["copy", "--help"], help::COPY),
        (&["hash-secret", "--help"], help::HASH_SECRET),
        (&["keys", "--help"], help::KEYS),
        (&["keys", "generate", "-h"], help::KEYS),
        (&["keys", "list", "-h"], help::KEYS),
        (&["keys", "rotate", "-h"], help::KEYS),
    ] {
        assert!(matches!(Command::parse(args), Ok(Command::Help(found)) if found == text));
        assert!(text.contains("Examples:\n  token-server"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }
}

#[test]
fn keys_are_made_listed_and_rotated() {
    let Ok(Command::Keys(KeysCommand::Generate(made))) = Command::parse([
        "keys", "generate", "signing", "--alg", "ES256", "-o", "k.pem",
    ]) else {
        panic!("it is in order");
    };
    assert_eq!(
        (made.kind, made.algorithm.as_str()),
        (KeyKind::Signing, "ES256")
    );
    assert_eq!(made.out, Some(PathBuf::from("k.pem")));

    let Ok(Command::Keys(KeysCommand::Rotate(rotated))) =
        Command::parse(["keys", "rotate", "--config", "c.toml"])
    else {
        panic!("it is in order");
    };
    assert_eq!((rotated.kind, rotated.algorithm), (None, None));
    assert_eq!(rotated.restart_within, Duration::from_secs(86_400));
    let listed = Command::parse(["keys", "list", "-c", "c.toml"]);
    assert!(matches!(
        listed,
        Ok(Command::Keys(KeysCommand::List { .. }))
    ));
}

#[test]
fn a_command_that_lacks_something_or_contradicts_itself_is_refused() {
    for (args, says) in [
        (&["check"][..], "missing --config FILE"),
        (&["keys"], "missing generate, list or rotate after keys"),
        (
            &["keys", "delete"],
            "keys: expected generate, list or rotate; found \"delete\"",
        ),
        (
            &["keys", "generate"],
            "missing the kind of key: signing or seal",
        ),
        (
            &["keys", "generate", "sign"],
            "keys: expected signing or seal; found \"sign\"",
        ),
        (
            &["keys", "generate", "seal", "--alg", "EdDSA"],
            "--alg: only signing keys have a choice of algorithm",
        ),
        (
            &["keys", "generate", "signing", "--alg", "HS256"],
            "--alg: expected EdDSA, ES256 or RS256; found \"HS256\"",
        ),
        (&["keys", "rotate"], "missing --config FILE"),
        (
            &["keys", "rotate", "-c", "c.toml", "--restart-within", "0s"],
            "--restart-within: expected a duration such as 30m or 24h; found \"0s\"",
        ),
        (
            &["hash-secret", "--human", "--user"],
            "--human is for a client's secret, and --user for a user's password",
        ),
    ] {
        assert_eq!(refusal(args), says);
    }
}

#[test]
fn a_secret_on_the_command_line_is_not_repeated() {
    let refused = refusal(&["hash-secret", "pl4nt3d"]);
    assert_eq!(
        refused,
        "a secret is never an argument: write it to the standard input"
    );
}
