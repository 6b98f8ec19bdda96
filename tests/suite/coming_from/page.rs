//! The page and the tests name each other.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/coming-from.md");

/// The modules that exist for the page: each of their tests is in it.
const OWN: [(&str, &str); 4] = [
    ("league", include_str!("league.rs")),
    ("bshaffer", include_str!("bshaffer.rs")),
    ("wso2", include_str!("wso2.rs")),
    (
        "token_server::coming_from",
        include_str!("../token_server/coming_from.rs"),
    ),
];

/// Those that the page names as well.
const OTHERS: [(&str, &str); 6] = [
    (
        "response_parameters",
        include_str!("../response_parameters.rs"),
    ),
    (
        "sender_constrained",
        include_str!("../sender_constrained.rs"),
    ),
    (
        "token_server::config",
        include_str!("../token_server/config.rs"),
    ),
    (
        "token_server::grants",
        include_str!("../token_server/grants.rs"),
    ),
    (
        "token_server::key_rotation",
        include_str!("../token_server/key_rotation/mod.rs"),
    ),
    (
        "token_server::keys",
        include_str!("../token_server/keys.rs"),
    ),
];

#[test]
fn every_test_that_the_page_names_exists_and_every_row_has_one() {
    let tests: BTreeSet<String> = OWN.iter().chain(&OTHERS).flat_map(tests_of).collect();
    for row in rows() {
        let named: Vec<&str> = named_in(row).collect();
        assert!(!named.is_empty(), "no test in {row}");
        for name in named {
            assert!(tests.contains(name), "there is no test {name}");
        }
    }
}

#[test]
fn every_test_of_the_page_is_named_in_it() {
    let named: BTreeSet<&str> = rows().flat_map(named_in).collect();
    for test in OWN.iter().flat_map(tests_of) {
        assert!(named.contains(&*test), "{test} is in no row");
    }
}

/// The rows of the tables, without their heads.
fn rows() -> impl Iterator<Item = &'static str> {
    PAGE.lines().filter(|line| {
        line.starts_with('|') && !line.starts_with("| ---") && !line.ends_with("| test |")
    })
}

/// The tests in the last column.
fn named_in(row: &str) -> impl Iterator<Item = &str> {
    let mut cells = row.trim_end_matches('|').rsplit('|');
    let last = cells.next().unwrap_or_default();
    last.split('`').skip(1).step_by(2)
}

/// The functions below a test attribute, with their module.
fn tests_of((module, source): &(&'static str, &'static str)) -> Vec<String> {
    let mut lines = source.lines();
    let mut names = Vec::new();
    while let Some(line) = lines.next() {
        if line != "#[test]" && !line.starts_with("#[tokio::test") {
            continue;
        }
        let signature = lines.next().unwrap_or_default();
        let name = signature
            .trim_start_matches("async ")
            .trim_start_matches("fn ");
        let end = name.find('(').unwrap_or(name.len());
        names.push(format!("{module}::{}", &name[..end]));
    }
    names
}
