//! The fuzz targets without a fuzzer: what is in their corpora, and what is like it.

use std::fs;
use std::path::PathBuf;

use reissue_properties::{Outcome, TARGETS, Target, issued, mutations};

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                hunt(stringify!($name));
            }
        )+

        const TESTED: &[&str] = &[$(stringify!($name)),+];
    };
}

targets!(basic, config, form, jws, paseto, record, refresh_token);

#[test]
fn every_target_is_tested_and_has_a_small_corpus() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names, TESTED);
    for target in TARGETS {
        let corpus = corpus(target);
        assert!(
            (10..=60).contains(&corpus.len()),
            "{target:?}: {}",
            corpus.len()
        );
        assert!(corpus.iter().all(|input| input.len() <= 600), "{target:?}");
        for outcome in [Outcome::Accepted, Outcome::Refused] {
            let one = corpus.iter().find(|input| (target.check)(input) == outcome);
            assert!(one.is_some(), "{target:?}: nothing is {outcome:?}");
        }
    }
}

#[test]
#[ignore = "replaces the tokens of the corpora; for when a format has changed"]
fn write_the_tokens_of_the_corpora() {
    for (file, token) in issued() {
        fs::write(corpora().join(file), token).unwrap();
    }
}

fn hunt(name: &str) {
    let target = *TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = corpus(target);
    for seed in &corpus {
        let _ = (target.check)(seed);
        for input in mutations(seed, &corpus, MUTATIONS) {
            let _ = (target.check)(&input);
        }
    }
}

fn corpus(target: Target) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = fs::read_dir(corpora().join(target.name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn corpora() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fuzz", "corpus"]
        .iter()
        .collect()
}

/// Of each file of a corpus.
const MUTATIONS: usize = 200;
