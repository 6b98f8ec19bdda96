//! The parsers of forms and of `Basic` beside those of others: where they differ, and why.
//! `docs/parsing.md` lists it.
//!
//! Each input of a corpus is read by ours and by two others. A difference that is of no listed kind
//! fails, and so does a kind that never occurs.

mod basic;
mod corpus;
mod form;

use std::collections::BTreeSet;
use std::fmt::Debug;

/// A kind of difference: a row of the table in `docs/parsing.md`.
struct Listed<W> {
    kind: W,
    /// The other parsers that differ so.
    parsers: &'static [&'static str],
    example: &'static str,
    ours: &'static str,
    theirs: &'static str,
    reason: &'static str,
}

/// Compares a parser to ours on all inputs. `differ` says of what kind a difference is, or that it
/// is of none.
#[track_caller]
fn compare<W>(
    parser: &str,
    listed: &[Listed<W>],
    inputs: &[Vec<u8>],
    differ: impl Fn(&[u8]) -> Result<Option<W>, String>,
) where
    W: Copy + Debug + Ord,
{
    let expected: BTreeSet<W> = listed
        .iter()
        .filter(|row| row.parsers.contains(&parser))
        .map(|row| row.kind)
        .collect();
    let mut found = BTreeSet::new();
    let mut agreed = 0;
    for input in inputs {
        let shown = String::from_utf8_lossy(input);
        match differ(input) {
            Ok(None) => agreed += 1,
            Ok(Some(kind)) => {
                assert!(expected.contains(&kind), "{parser}: {kind:?}: {shown:?}");
                found.insert(kind);
            }
            Err(difference) => panic!("{parser}: {shown:?}: {difference}"),
        }
    }
    assert_eq!(found, expected, "{parser}: what is listed occurs");
    assert!(agreed > inputs.len() / 10, "{parser}: {agreed} agreed");
}

/// Every row is in the documentation as it is here.
#[track_caller]
fn is_documented<W>(listed: &[Listed<W>]) {
    let page = include_str!("../../../docs/parsing.md");
    for row in listed {
        let line = format!(
            "| {} | {} | {} | {} | {} |\n",
            row.example,
            row.ours,
            row.theirs,
            row.parsers.join(", "),
            row.reason
        );
        assert!(page.contains(&line), "docs/parsing.md lacks {line}");
    }
}

/// Whether a `%` is not followed by two hex digits.
fn has_broken_percent(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, byte)| {
        let digits = text.get(at + 1..at + 3);
        *byte == b'%' && !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}
