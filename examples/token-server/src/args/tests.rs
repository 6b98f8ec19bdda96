use super::*;

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
    assert!(matches!(config.store, StoreUrl::Memory));
}

#[test]
fn the_last_of_two_counts() {
    let options = serve(&["--config", "a.toml", "-c", "b.toml"]);
    assert_eq!(options.config, Some(PathBuf::from("b.toml")));
}

#[test]
fn help_and_version_are_asked_for_by_long_and_short_names() {
    for flag in ["--help", "-h"] {
        assert!(matches!(Command::parse([flag]), Ok(Command::Help)));
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
        "--help",
        "--version",
        "RUST_LOG",
    ] {
        assert!(HELP.contains(word), "{word}");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    assert_eq!(refusal(&["--prot", "80"]), "invalid option '--prot'");
    assert_eq!(refusal(&["serve"]), "unexpected argument \"serve\"");
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
        "--store: expected the URL of a store, such as \"memory:\", \"redis://host\", \
         \"redis-sentinel://host,host/master\" or \"redis-cluster://host,host\"; \
         found the scheme \"mysql\""
    );
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let options = serve(&["--config", "/nonexistent/reissue.toml"]);
    let error = options.load().expect_err("no such file");
    assert_eq!(error.to_string(), "cannot read /nonexistent/reissue.toml");
}
