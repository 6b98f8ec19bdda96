//! The list of mutations in `tests/mutations` is in step with the code: each still applies, and each test that is to
//! notice one still exists. `tests/mutations/run` shows that they do notice.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_mutation_applies_at_exactly_one_place() {
    for (name, patch) in mutations() {
        let header = patch.lines().find_map(|line| line.strip_prefix("--- a/"));
        let file = header.unwrap_or_else(|| panic!("{name} names no file"));
        let code = fs::read_to_string(root().join(file)).unwrap();
        let hunk = patch
            .split_once("\n@@ ")
            .and_then(|(_, hunk)| hunk.split_once('\n'));
        let (_, hunk) = hunk.unwrap_or_else(|| panic!("{name} has no hunk"));
        assert!(!hunk.contains("\n@@ "), "{name} has several hunks");
        let side = |drop: char| -> String {
            let lines = hunk.lines().filter(|line| !line.starts_with(drop));
            lines.map(|line| format!("{}\n", &line[1..])).collect()
        };
        let (before, after) = (side('+'), side('-'));
        assert_eq!(
            code.matches(&before).count(),
            1,
            "{name} does not apply to {file}"
        );
        assert_ne!(before, after, "{name} changes nothing");
    }
}

#[test]
fn every_test_that_is_to_notice_a_mutation_exists() {
    for (name, patch) in mutations() {
        let tests: Vec<_> = patch
            .lines()
            .filter_map(|line| line.strip_prefix("Caught by: "))
            .collect();
        assert!(!tests.is_empty(), "nobody is to notice {name}");
        for test in tests {
            let (package, path) = test.split_once(' ').unwrap();
            let folder = match package {
                "reissue" => "crates/reissue/src",
                "reissue-tests" => "tests/suite",
                other => panic!("{name} names {other}"),
            };
            let mut path: Vec<_> = path.split("::").collect();
            let function = path.pop().unwrap();
            let module = root().join(folder).join(path.join("/"));
            let candidates = [module.with_extension("rs"), module.join("mod.rs")];
            let code: String = candidates
                .iter()
                .filter_map(|file| fs::read_to_string(file).ok())
                .collect();
            assert!(
                code.contains(&format!("fn {function}()")),
                "{name}: there is no {test}"
            );
        }
    }
}

#[test]
fn every_mutation_is_in_the_table_of_the_documentation() {
    let page = fs::read_to_string(root().join("docs/testing.md")).unwrap();
    for (name, patch) in mutations() {
        assert!(
            page.contains(&format!("| `{name}` |")),
            "{name} is not in the table"
        );
        for line in patch
            .lines()
            .filter_map(|line| line.strip_prefix("Caught by: "))
        {
            let (_, test) = line.split_once(' ').unwrap();
            let short = test.rsplit("::").next().unwrap();
            assert!(page.contains(short), "{short} is not in the table");
        }
    }
}

fn mutations() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("tests/mutations")).unwrap();
    let mut mutations: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|it| it == "patch"))
        .map(|file| {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(file).unwrap())
        })
        .collect();
    mutations.sort();
    assert!(mutations.len() >= 12, "the list is here");
    mutations
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
