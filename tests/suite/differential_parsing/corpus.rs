//! Inputs that parsers could differ on: pieces of the grammar in any order, and what the fuzz
//! targets start from.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Sequences of pieces, the same ones every time.
pub(super) fn generated(
    pieces: &'static [&'static [u8]],
    length: usize,
    count: usize,
) -> Vec<Vec<u8>> {
    let sequences = vec(select(pieces), 0..=length).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| sequences.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// The corpus of a fuzz target.
pub(super) fn of_fuzz_target(name: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}
