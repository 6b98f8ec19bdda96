//! The page that describes every key says what the code does.

use std::collections::BTreeSet;

use super::*;
use crate::setup::policy_of;

const PAGE: &str = include_str!("../../../../../docs/reference/token-server.md");

/// A key of the page.
struct Described {
    path: String,
    /// What stands between its heading and the next one.
    text: &'static str,
}

fn described() -> Vec<Described> {
    let mut all: Vec<Described> = Vec::new();
    let headings = PAGE.match_indices("\n##").map(|(at, _)| at + 1);
    let headings: Vec<usize> = headings.chain([PAGE.len()]).collect();
    for pair in headings.windows(2) {
        let section = &PAGE[pair[0]..pair[1]];
        let (heading, text) = section.split_once('\n').expect("a line");
        let path = heading.trim_start_matches('#').trim();
        if let Some(path) = path
            .strip_prefix('`')
            .and_then(|path| path.strip_suffix('`'))
        {
            all.push(Described {
                path: path.to_owned(),
                text,
            });
        }
    }
    all
}

fn known() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut add = |prefix: &str, keys: &[&str]| {
        all.extend(keys.iter().map(|key| format!("{prefix}{key}")));
    };
    add("", crate::config::file::KEYS);
    add("server.", crate::config::server::KEYS);
    add("redis.", crate::config::redis::KEYS);
    add("postgres.", crate::config::postgres::KEYS);
    add("sqlite.", crate::config::sqlite::KEYS);
    add("tokens.", crate::config::tokens::KEYS);
    add(
        "tokens.signing_keys[].",
        crate::config::tokens::SIGNING_KEY.known,
    );
    add("tokens.seal_keys[].", crate::config::tokens::SEAL_KEY.known);
    add(
        "tokens.signing_key_passphrase.",
        crate::config::tokens::PASSPHRASE_KEYS,
    );
    add("policy.", crate::config::policy::KEYS);
    add("logins.", crate::config::logins::KEYS);
    add("login_page.", crate::config::login_page::KEYS);
    add("clients[].", crate::config::client::KEYS);
    add("users[].", crate::config::user::KEYS);
    all
}

#[test]
fn every_key_has_a_place_on_the_page_and_no_other_has() {
    let described: Vec<String> = described().into_iter().map(|key| key.path).collect();
    let set: BTreeSet<String> = described.iter().cloned().collect();
    assert_eq!(set.len(), described.len(), "a key is there twice");
    assert_eq!(set, known());
}

#[test]
fn every_key_has_a_default_and_an_example_with_it() {
    let is_table = |path: &str| {
        !path.contains('.')
            && known().iter().any(|key| {
                key.starts_with(&format!("{path}.")) || key.starts_with(&format!("{path}["))
            })
    };
    for Described { path, text } in described() {
        if is_table(&path) {
            continue;
        }
        let states = |line: &str| line.starts_with("Default: ") || line == "Required.";
        assert!(text.lines().any(states), "{path}: no default");
        let name = path.rsplit(['.', ']']).next().expect("a name");
        let name = if name.is_empty() { path.as_str() } else { name };
        let has_example = text.contains("```toml\n")
            && (text.contains(&format!("{name} = ")) || text.contains(&format!(".{name}]")));
        assert!(has_example, "{path}: no example");
    }
}

#[test]
fn every_example_is_valid() {
    let examples: Vec<&str> = PAGE
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("an example"))
        .collect();
    assert!(examples.len() > 60);
    for example in examples {
        let parsed = Config::parse(example);
        assert!(parsed.is_ok(), "{}\n{example}", parsed.unwrap_err());
    }
}

#[test]
fn the_defaults_are_those_of_the_code() {
    let mut checked = 0;
    for Described { path, text } in described() {
        let stated = text.lines().find_map(|line| {
            let value = line.strip_prefix("Default: `")?.strip_suffix("`.")?;
            (!value.contains('`')).then_some(value)
        });
        let Some(value) = stated else { continue };
        let (without, with) = with_and_without(&path, value);
        assert_eq!(shown(&without), shown(&with), "{path} = {value}");
        checked += 1;
    }
    assert!(checked > 25, "{checked}");
}

/// Two configurations that are the same, if that value is the default of the key.
fn with_and_without(path: &str, value: &str) -> (String, String) {
    let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
    let line = format!("{key} = {value}\n");
    let base = match table {
        "" => String::new(),
        "clients[]" => CLIENT.to_owned(),
        "users[]" => "[[users]]\nname = \"alice\"\npassword = \"wonderland\"\n".to_owned(),
        table => format!("[{table}]\n"),
    };
    (base.clone(), base + &line)
}

/// What follows from a configuration, with nothing left open.
fn shown(text: &str) -> String {
    let config = Config::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let policy = policy_of(&config.policy);
    let Config {
        listen,
        server,
        store,
        data,
        postgres,
        redis,
        sqlite,
        tokens,
        logins,
        login_page,
        clients,
        users,
        ..
    } = &config;
    let logins = (logins.guesses, logins.guess_every, logins.address());
    format!(
        "{listen} {server:?} {store:?} {data:?} {postgres:?} {redis:?} {sqlite:?} {tokens:?} {policy:?} {logins:?} {login_page:?} \
         {clients:?} {users:?}"
    )
}

const CLIENT: &str = "[[clients]]\nid = \"app\"\nsecret = \"secret\"\ngrants = []\n";
